//! The enumerations of the data model.

use std::fmt;
use std::str::FromStr;

/// A term that its enumeration does not list and that is no extension either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a listed term nor an extension term beginning with `ext:`")]
pub struct UnknownTerm(pub String);

/// Declares an enumeration whose terms are written as strings.
macro_rules! terms {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $text:literal,)* }
        $(extension $extension:ident)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($variant,)*
            $(
                /// A term of an extension, with its prefix `ext:`.
                $extension(String),
            )?
        }

        impl $name {
            /// The term as it is written in a document.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $text,)*
                    $($name::$extension(term) => term,)?
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownTerm;

            fn from_str(term: &str) -> Result<$name, UnknownTerm> {
                match term {
                    $($text => Ok($name::$variant),)*
                    $(_ if is_extension(term) => Ok($name::$extension(term.to_owned())),)?
                    _ => Err(UnknownTerm(term.to_owned())),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

terms! {
    /// What kind of achievement it is (Open Badges 3.0, AchievementType).
    pub enum AchievementType {
        Achievement = "Achievement",
        ApprenticeshipCertificate = "ApprenticeshipCertificate",
        Assessment = "Assessment",
        Assignment = "Assignment",
        AssociateDegree = "AssociateDegree",
        Award = "Award",
        Badge = "Badge",
        BachelorDegree = "BachelorDegree",
        Certificate = "Certificate",
        CertificateOfCompletion = "CertificateOfCompletion",
        Certification = "Certification",
        CommunityService = "CommunityService",
        Competency = "Competency",
        Course = "Course",
        CoCurricular = "CoCurricular",
        Degree = "Degree",
        Diploma = "Diploma",
        DoctoralDegree = "DoctoralDegree",
        Fieldwork = "Fieldwork",
        GeneralEducationDevelopment = "GeneralEducationDevelopment",
        JourneymanCertificate = "JourneymanCertificate",
        LearningProgram = "LearningProgram",
        License = "License",
        Membership = "Membership",
        ProfessionalDoctorate = "ProfessionalDoctorate",
        QualityAssuranceCredential = "QualityAssuranceCredential",
        MasterCertificate = "MasterCertificate",
        MasterDegree = "MasterDegree",
        MicroCredential = "MicroCredential",
        ResearchDoctorate = "ResearchDoctorate",
        SecondarySchoolDiploma = "SecondarySchoolDiploma",
    }
    extension Extension
}

terms! {
    /// What kind of result is described (Open Badges 3.0, ResultType).
    pub enum ResultType {
        GradePointAverage = "GradePointAverage",
        LetterGrade = "LetterGrade",
        Percent = "Percent",
        PerformanceLevel = "PerformanceLevel",
        PredictedScore = "PredictedScore",
        RawScore = "RawScore",
        Result = "Result",
        RubricCriterion = "RubricCriterion",
        RubricCriterionLevel = "RubricCriterionLevel",
        RubricScore = "RubricScore",
        ScaledScore = "ScaledScore",
        Status = "Status",
    }
    extension Extension
}

terms! {
    /// How far the recipient has come (Open Badges 3.0, ResultStatusType); not extensible.
    pub enum ResultStatusType {
        Completed = "Completed",
        Enrolled = "Enrolled",
        Failed = "Failed",
        InProgress = "InProgress",
        OnHold = "OnHold",
        Provisional = "Provisional",
        Withdrew = "Withdrew",
    }
}

terms! {
    /// What an identifier identifies by (Open Badges 3.0, IdentifierTypeEnum).
    pub enum IdentifierType {
        Name = "name",
        SourcedId = "sourcedId",
        SystemId = "systemId",
        ProductId = "productId",
        UserName = "userName",
        AccountId = "accountId",
        EmailAddress = "emailAddress",
        NationalIdentityNumber = "nationalIdentityNumber",
        Isbn = "isbn",
        Issn = "issn",
        LisSourcedId = "lisSourcedId",
        OneRosterSourcedId = "oneRosterSourcedId",
        SisSourcedId = "sisSourcedId",
        LtiContextId = "ltiContextId",
        LtiDeploymentId = "ltiDeploymentId",
        LtiToolId = "ltiToolId",
        LtiPlatformId = "ltiPlatformId",
        LtiUserId = "ltiUserId",
        Identifier = "identifier",
    }
    extension Extension
}

terms! {
    /// What kind of framework node an alignment points at (Open Badges 3.0, AlignmentTargetType).
    pub enum AlignmentTargetType {
        CeasnCompetency = "ceasn:Competency",
        CetermsCredential = "ceterms:Credential",
        CfItem = "CFItem",
        CfRubric = "CFRubric",
        CfRubricCriterion = "CFRubricCriterion",
        CfRubricCriterionLevel = "CFRubricCriterionLevel",
        Ctdl = "CTDL",
    }
    extension Extension
}

/// Says whether a term is one of an extension: `ext:` and then letters, digits and `|`, `.`, `-`, `_`
/// (Open Badges 3.0, Extending enumerated vocabularies).
fn is_extension(term: &str) -> bool {
    term.strip_prefix("ext:").is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"|.-_".contains(&byte))
    })
}
