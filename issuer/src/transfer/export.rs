//! Handing micro-credentials out, in the words of each format and with the whole content beside.

use schemas::model::{OB_CONTEXT, VC_CONTEXT};
use serde_json::{Map, Value, json};

use super::{CONTENT_MEMBER, table};
use crate::app::App;
use crate::draft;
use crate::error::Error;
use crate::micro_credential::{MicroCredential, OriginFormat};

/// One micro-credential in a format.
pub fn export(app: &App, of: &MicroCredential, format: OriginFormat) -> Result<String, Error> {
    let mut document = match format {
        OriginFormat::Csv => return Ok(table::write(&app.site, std::slice::from_ref(of))),
        OriginFormat::OpenBadges3 => open_badges_3(app, of)?,
        OriginFormat::OpenBadges2 => open_badges_2(app, of)?,
        OriginFormat::Ctdl => ctdl(app, of)?,
    };
    // A JSON literal (JSON-LD 1.1): the content is carried as it is, whatever the context says.
    document[CONTENT_MEMBER] = json!({ "@type": "@json", "@value": of.content });
    Ok(document.to_string())
}

/// The achievement as it stands in badges, by itself.
pub fn open_badges_3(app: &App, of: &MicroCredential) -> Result<Value, Error> {
    let creator = app.issuer(&of.organisation)?.profile;
    let stated = draft::achievement(&creator, &app.site, of);
    let stated =
        serde_json::to_value(stated).expect("the data model is strings, numbers and lists");
    let mut document = Map::new();
    document.insert("@context".to_owned(), json!([VC_CONTEXT, OB_CONTEXT]));
    if let Value::Object(stated) = stated {
        document.extend(stated);
    }
    Ok(Value::Object(document))
}

fn open_badges_2(app: &App, of: &MicroCredential) -> Result<Value, Error> {
    let (site, content) = (&app.site, &of.content);
    let alignments = content.alignments.iter().map(|one| {
        let mut alignment = json!({
            "targetName": one.target_name,
            "targetUrl": one.target_url,
        });
        for (name, value) in [
            (
                "targetCode",
                one.target_code.as_ref().map(ToString::to_string),
            ),
            (
                "targetDescription",
                one.target_description.as_ref().map(ToString::to_string),
            ),
            (
                "targetFramework",
                one.target_framework.as_ref().map(ToString::to_string),
            ),
        ] {
            if let Some(value) = value {
                alignment[name] = value.into();
            }
        }
        alignment
    });
    let issuer = app.issuer(&of.organisation)?.profile;
    Ok(json!({
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": site.achievement(&of.id),
        "name": content.name,
        "description": content.description,
        "image": site.picture(&of.id, of.picture_type()),
        "criteria": { "id": site.achievement(&of.id), "narrative": draft::narrative(content) },
        "issuer": {
            "type": "Issuer",
            "id": issuer.url.as_ref().unwrap_or(&issuer.id),
            "name": issuer.name,
            "url": issuer.url.as_deref().unwrap_or(site.base()),
        },
        "alignment": alignments.collect::<Vec<_>>(),
        "tags": content.tags,
        "version": of.version.to_string(),
    }))
}

/// A description for the Credential Registry (CTDL). Texts say their language, English if nothing does.
fn ctdl(app: &App, of: &MicroCredential) -> Result<Value, Error> {
    let (site, content) = (&app.site, &of.content);
    let language = content.language.as_ref().map_or("en", |tag| tag.as_str());
    let said = |text: &str| json!({ language: text });
    let owner = app.issuer(&of.organisation)?.profile;
    let competency = content.competencies.iter().map(|line| {
        json!({
            "@type": "ceterms:CredentialAlignmentObject",
            "ceterms:targetNodeName": said(line.as_str()),
        })
    });
    let alignments = content.alignments.iter().map(|one| {
        let mut target = json!({
            "@type": "ceterms:CredentialAlignmentObject",
            "ceterms:targetNode": one.target_url,
            "ceterms:targetNodeName": said(one.target_name.as_str()),
        });
        if let Some(code) = &one.target_code {
            target["ceterms:codedNotation"] = json!(code);
        }
        if let Some(text) = &one.target_description {
            target["ceterms:targetNodeDescription"] = said(text.as_str());
        }
        if let Some(text) = &one.target_framework {
            target["ceterms:frameworkName"] = said(text.as_str());
        }
        target
    });
    let mut condition = json!({
        "@type": "ceterms:ConditionProfile",
        "ceterms:name": said("What it takes"),
        "ceterms:targetCompetency": competency.chain(alignments).collect::<Vec<_>>(),
    });
    if let Some(criteria) = &content.criteria {
        condition["ceterms:description"] = said(criteria.as_str());
    }
    let mut document = json!({
        "@context": "https://credreg.net/ctdl/schema/context/json",
        "@type": "ceterms:MicroCredential",
        "@id": site.achievement(&of.id),
        "ceterms:name": said(content.name.as_str()),
        "ceterms:description": said(content.description.as_str()),
        "ceterms:subjectWebpage": site.achievement(&of.id),
        "ceterms:image": site.picture(&of.id, of.picture_type()),
        "ceterms:inLanguage": [language],
        "ceterms:versionIdentifier": [{ "@type": "ceterms:IdentifierValue", "ceterms:identifierValueCode": of.version.to_string() }],
        "ceterms:ownedBy": [{
            "@type": "ceterms:CredentialOrganization",
            "@id": owner.id,
            "ceterms:name": owner.name.as_ref().and_then(|name| name.plain()).map(said),
        }],
        "ceterms:requires": [condition],
    });
    if !content.tags.is_empty() {
        document["ceterms:keyword"] = json!({ language: content.tags });
    }
    if let Some(credits) = content.credits {
        document["ceterms:requires"][0]["ceterms:creditValue"] =
            json!([{ "@type": "schema:QuantitativeValue", "schema:value": credits.number() }]);
    }
    Ok(document)
}
