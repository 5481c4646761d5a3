//! Handing messages to a mail server (RFC 5321).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message, SmtpTransport, Transport};
use zeroize::Zeroizing;

use crate::config::{MailConfig, MailSecurity};
use crate::mail::{Mail, NotSent};
use crate::person::Email;

/// The way to a mail server.
pub struct Postman {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Why there is no way to a mail server.
#[derive(Debug, thiserror::Error)]
pub enum PostmanError {
    /// The file of the password cannot be read.
    #[error("the password of the mail server cannot be read from {}: {source}", path.display())]
    Password {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The certificates or the server's name cannot be used for TLS.
    #[error("the mail server cannot be reached by TLS: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
    /// Nothing can be sent in the name of this address.
    #[error("no mail can be sent in the name of {0}")]
    From(Email),
}

impl Postman {
    /// Makes the way ready; nobody is called yet. `name` is how the service introduces itself, and
    /// `display` how it is shown as a sender.
    pub fn new(config: &MailConfig, name: &str, display: &str) -> Result<Postman, PostmanError> {
        let tls = || -> Result<TlsParameters, PostmanError> {
            let mut tls = TlsParameters::builder(config.host.clone());
            if let Some(pem) = &config.authority {
                tls = tls.add_root_certificate(Certificate::from_pem(pem)?);
            }
            Ok(tls.build()?)
        };
        let tls = match config.security {
            MailSecurity::StartTls => Tls::Required(tls()?),
            MailSecurity::Tls => Tls::Wrapper(tls()?),
            MailSecurity::None => Tls::None,
        };
        let mut transport = SmtpTransport::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .hello_name(ClientId::Domain(name.to_owned()))
            .timeout(Some(PATIENCE));
        if let Some(login) = &config.login {
            let path = &login.password_file;
            let password = fs::read_to_string(path).map_err(|source| PostmanError::Password {
                path: path.clone(),
                source,
            })?;
            let password = Zeroizing::new(password);
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            transport = transport.credentials(Credentials::new(login.user.clone(), password));
        }
        let from = address(&config.from).ok_or(PostmanError::From(config.from.clone()))?;
        Ok(Postman {
            transport: transport.build(),
            from: Mailbox::new(Some(display.to_owned()), from),
        })
    }

    /// Hands a message over. It is the mail server's from then on.
    pub fn send(&self, mail: &Mail) -> Result<(), NotSent> {
        let to = address(&mail.to).ok_or(NotSent::Ever("no mail can be sent there".to_owned()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            // The same after a crash, so that whoever gets it twice sees it once.
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .subject(&mail.subject)
            .body(mail.text.clone());
        let message = message.map_err(|error| NotSent::Ever(error.to_string()))?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(NotSent::Ever(error.to_string())),
            Err(error) => Err(NotSent::ForNow(error.to_string())),
        }
    }
}

fn address(email: &Email) -> Option<Address> {
    email.as_str().parse().ok()
}

/// A mail server answers within seconds; the next message waits for nobody.
const PATIENCE: Duration = Duration::from_secs(20);
