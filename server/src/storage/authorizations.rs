//! What an authorization answer leaves behind, written all at once or not at all.

use super::access_tokens::insert_access_token;
use super::grants::insert_grant;
use super::grants::json_object;
use super::sql::{on_pool, retrying};
use super::{
    LoginSession, Storage, StorageError, consent_requests, login_sessions, remembered_consents,
};
use crate::domain::clock::UnixTime;
use crate::domain::consent::RememberedConsent;
use crate::domain::grant::{Code, Grant};
use crate::domain::token::AccessToken;

/// What is to be written when a client is answered.
#[derive(Debug, Default)]
pub struct Authorization {
    /// The question that was answered, which is thereby used up; `None` if nobody had to be asked.
    pub consent_request: Option<String>,
    /// What was granted, with its code, if one was asked for; `None` if all that was asked for is an ID
    /// token, which nobody can take back.
    pub grant: Option<(Grant, Option<Code>)>,
    /// The access token that goes through the browser, if one was asked for.
    pub access_token: Option<AccessToken>,
    /// The answer, if it is to be remembered.
    pub remembered: Option<RememberedConsent>,
    /// The login, if it is to be remembered.
    pub session: Option<LoginSession>,
    /// The signature of the session that the browser had until now.
    pub replaced_session: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Everything is written.
    Written,
    /// The question was used before. Nothing was written.
    AlreadyUsed,
    /// The client is gone. Nothing was written.
    ClientGone,
}

impl Storage {
    /// Writes what an answer leaves behind. Of many who try with one question, one succeeds.
    ///
    /// # Errors
    /// The database fails; then nothing was written.
    pub async fn authorize(
        &self,
        authorization: &Authorization,
        now: UnixTime,
    ) -> Result<Written, StorageError> {
        let outcome = retrying!(self.try_to_authorize(authorization, now));
        match outcome {
            Err(StorageError::Failed(sqlx::Error::Database(error)))
                if error.is_foreign_key_violation() =>
            {
                Ok(Written::ClientGone)
            }
            outcome => outcome,
        }
    }

    async fn try_to_authorize(
        &self,
        authorization: &Authorization,
        now: UnixTime,
    ) -> Result<Written, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            if let Some(id) = &authorization.consent_request {
                let ended = sqlx::query(self.sql(consent_requests::END))
                    .bind(now.0)
                    .bind(id.as_str())
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if ended == 0 {
                    transaction.rollback().await?;
                    return Ok(Written::AlreadyUsed);
                }
            }
            if let Some((grant, code)) = &authorization.grant {
                insert_grant!(self, transaction, grant, code.as_ref()).await?;
            }
            if let Some(token) = &authorization.access_token {
                insert_access_token!(self, transaction, token, None).await?;
            }
            if let Some(consent) = &authorization.remembered {
                sqlx::query(self.sql(remembered_consents::INSERT))
                    .bind(consent.id.as_str())
                    .bind(consent.client_id.as_str())
                    .bind(consent.subject.as_str())
                    .bind(consent.scopes.to_string())
                    .bind(json_object(consent.extra.access_token.as_ref()))
                    .bind(json_object(consent.extra.id_token.as_ref()))
                    .bind(consent.granted_at.0)
                    .bind(consent.expires_at.map(|time| time.0))
                    .execute(&mut *transaction)
                    .await?;
            }
            if let Some(signature) = &authorization.replaced_session {
                sqlx::query(self.sql(login_sessions::DELETE))
                    .bind(signature.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
            if let Some(session) = &authorization.session {
                sqlx::query(self.sql(login_sessions::INSERT))
                    .bind(session.signature.as_str())
                    .bind(session.login.subject.as_str())
                    .bind(session.login.auth_time.0)
                    .bind(session.created_at.0)
                    .bind(session.expires_at.0)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
        });
        Ok(Written::Written)
    }
}
