//! `hydra clients`: the OAuth 2.0 clients that may ask the server for tokens.

mod create;
mod import;

use clap::{Args, Subcommand};
use hydra_sdk::{Client, types};
use serde_json::Value;

use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::deletions;
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::output::{Printer, Report};
use crate::domain::secret::Secret;

/// Manage OAuth 2.0 clients
#[derive(Debug, Args)]
pub(crate) struct Clients {
    #[command(flatten)]
    api: ApiArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(create::Create),
    Get(Get),
    /// List the OAuth 2.0 clients
    ///
    /// Prints them as a JSON array, ordered by id, without secrets and without what is empty. With --json:
    /// with what is empty.
    List,
    Delete(Delete),
    Import(import::Import),
}

/// Show an OAuth 2.0 client
///
/// Prints it as JSON, without its secret and without what is empty. With --json: with what is empty.
#[derive(Debug, Args)]
struct Get {
    /// Id of the client
    #[arg(value_parser = ids::parse)]
    id: String,
}

/// Delete OAuth 2.0 clients
///
/// Their tokens stop working at once. A client that cannot be deleted does not keep the others from
/// being deleted.
///
/// With --json: an object whose `deleted` is an array of ids.
#[derive(Debug, Args)]
struct Delete {
    /// Ids of the clients
    #[arg(required = true, value_name = "ID", value_parser = ids::parse)]
    ids: Vec<String>,
}

impl Clients {
    pub(crate) fn run(self, global: &Global, printer: &Printer) -> Result<Report, Failure> {
        let api = Api::new(&self.api, global)?;
        match self.verb {
            Verb::Create(create) => create.run(&api, printer),
            Verb::Get(get) => api::run(get.run(&api)),
            Verb::List => api::run(list(&api)),
            Verb::Delete(delete) => api::run(delete.run(&api)),
            Verb::Import(import) => api::run(import.run(&api)),
        }
    }
}

impl Get {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let client = api
            .management()
            .await?
            .get_o_auth2_client(&self.id)
            .await
            .map_err(|error| {
                api.failure(&format!("cannot show the client `{}`", self.id), &error)
            })?;
        Ok(Report::json(api::value(&client.into_inner())?))
    }
}

async fn list(api: &Api) -> Result<Report, Failure> {
    let clients = api
        .management()
        .await?
        .list_o_auth2_clients()
        .await
        .map_err(|error| api.failure("cannot list the clients", &error))?;
    Ok(Report::json(api::value(&clients.into_inner())?))
}

impl Delete {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let delete = async |sdk: &Client, id: &str| sdk.delete_o_auth2_client(id).await.map(drop);
        deletions::each(api, "client", self.ids, delete, |deleted| {
            if deleted.is_empty() {
                String::new()
            } else {
                "OAuth2 client(s) deleted.\n".to_owned()
            }
        })
        .await
    }
}

/// A client that was just created, with the secret that nobody will be told again.
struct Created {
    json: Value,
    secret: Option<Secret>,
}

impl Created {
    fn id(&self) -> &str {
        self.json
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

async fn create(api: &Api, sdk: &Client, client: &types::OAuth2Client) -> Result<Created, Failure> {
    let attempt = match &client.id {
        Some(id) => format!("cannot create the client `{id}`"),
        None => "cannot create the client".to_owned(),
    };
    let answer = sdk
        .create_o_auth2_client(client)
        .await
        .map_err(|error| api.failure(&attempt, &error))?
        .into_inner();
    let secret = answer.client_secret.clone().map(Secret::new);
    Ok(Created {
        json: api::value(&answer)?,
        secret: secret.filter(|secret| !secret.expose().is_empty()),
    })
}
