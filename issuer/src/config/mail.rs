//! What the operator says about sending mail.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use super::ConfigError;
use crate::person::Email;
use url::Url;

/// The mail server that takes our messages, and in whose name they are sent.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The server's name or number.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: MailSecurity,
    /// By what name and password we are known there, if we must be.
    pub login: Option<MailLogin>,
    /// The certificates, in PEM, of an authority that vouches for it beside those of the machine.
    pub authority: Option<Vec<u8>>,
    /// In whose name messages are sent.
    pub from: Email,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS is asked for on the open connection, and without it nothing is sent (RFC 3207).
    StartTls,
    /// TLS from the first byte on (RFC 8314).
    Tls,
    /// None; for a server on the same machine.
    None,
}

/// By what name and password a mail server knows us.
#[derive(Clone, Debug)]
pub struct MailLogin {
    /// The name.
    pub user: String,
    /// The file that holds the password, and nothing else.
    pub password_file: PathBuf,
}

/// The fields about mail as they are written.
pub(super) struct RawMail<'a> {
    pub server: &'a str,
    pub security: &'a str,
    pub user: &'a str,
    pub password_file: &'a str,
    pub ca_file: &'a str,
    pub from: &'a str,
}

impl RawMail<'_> {
    /// Checks the fields, each for itself and all together; without a server there is no mail.
    pub(super) fn check(&self) -> Result<Option<MailConfig>, ConfigError> {
        let (security, login, from) = (self.security()?, self.login()?, self.from()?);
        let authority =
            match self.ca_file {
                "" => None,
                file => Some(fs::read(file).map_err(|error| {
                    ConfigError::field("smtp_ca_file", format!("{file}: {error}"))
                })?),
            };
        if self.server.is_empty() {
            return Ok(None);
        }
        let (host, port) = self.server()?;
        if security == MailSecurity::None && !is_on_this_machine(&host) {
            return Err(ConfigError::field(
                "smtp_security",
                "may be none for a server on this machine only",
            ));
        }
        let from = from.ok_or(ConfigError::field(
            "mail_from",
            "must be given with a mail server",
        ))?;
        Ok(Some(MailConfig {
            host,
            port,
            security,
            login,
            authority,
            from,
        }))
    }

    fn server(&self) -> Result<(String, u16), ConfigError> {
        let wrong = || {
            ConfigError::field(
                "smtp_server",
                "is not a host and port, as mail.example.org:587",
            )
        };
        // A URL knows how hosts and ports are written, numbers in brackets among them.
        let url = Url::parse(&format!("smtp://{}", self.server)).map_err(|_| wrong())?;
        let bare = url.username().is_empty() && matches!(url.path(), "" | "/");
        match (url.host_str(), url.port()) {
            (Some(host), Some(port)) if bare => {
                Ok((host.trim_matches(['[', ']']).to_owned(), port))
            }
            _ => Err(wrong()),
        }
    }

    fn security(&self) -> Result<MailSecurity, ConfigError> {
        match self.security {
            "starttls" => Ok(MailSecurity::StartTls),
            "tls" => Ok(MailSecurity::Tls),
            "none" => Ok(MailSecurity::None),
            _ => Err(ConfigError::field(
                "smtp_security",
                "is neither starttls nor tls nor none",
            )),
        }
    }

    fn login(&self) -> Result<Option<MailLogin>, ConfigError> {
        match (self.user, self.password_file) {
            ("", "") => Ok(None),
            ("", _) => Err(ConfigError::field(
                "smtp_user",
                "must be given with a password",
            )),
            (_, "") => Err(ConfigError::field(
                "smtp_password_file",
                "must be given with a user",
            )),
            (user, file) => Ok(Some(MailLogin {
                user: user.to_owned(),
                password_file: file.into(),
            })),
        }
    }

    fn from(&self) -> Result<Option<Email>, ConfigError> {
        match self.from {
            "" => Ok(None),
            from => match from.parse() {
                Ok(from) => Ok(Some(from)),
                Err(_) => Err(ConfigError::field("mail_from", "is not an e-mail address")),
            },
        }
    }
}

fn is_on_this_machine(host: &str) -> bool {
    let number = host.parse::<IpAddr>();
    number.map_or(host == "localhost", |number| number.is_loopback())
}
