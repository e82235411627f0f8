//! The folder `docs`: a page for each API class and each model, laid out as swagger-codegen's.

use super::super::{File, Owner};
use super::Writer;
use super::api::Call;
use super::models::Class;
use super::text::quoted;
use super::types::{has_properties, type_string};
use crate::model::{Group, Kind, Model, Operation, Schema, SchemeKind};

/// Links at the foot of each page.
const API_LIST: &str = "[[Back to API list]](../README.md#documentation-for-api-endpoints)";
const MODEL_LIST: &str = "[[Back to Model list]](../README.md#documentation-for-models)";
const README: &str = "[[Back to README]](../README.md)";

/// The pages.
pub(super) fn files(model: &Model, writer: &Writer<'_>) -> Vec<File> {
    let page = |name: &str, text: String| File {
        path: format!("docs/{name}.md"),
        contents: format!("{}\n{}\n", writer.comment(), text.trim_end()),
        owner: Owner::Generator,
    };
    let mut files = Vec::new();
    for group in &model.groups {
        files.push(page(&group.python_class, api(model, writer, group)));
    }
    for (name, named) in &model.schemas {
        let class = Class::new(model, name, named);
        files.push(page(&named.python_class, self::class(&class)));
    }
    files
}

fn api(model: &Model, writer: &Writer<'_>, group: &Group) -> String {
    let class = &group.python_class;
    let package = writer.package;
    let mut out = format!(
        "# {package}.{class}\n\nAll URIs are relative to *{}*\n\n\
         Method | HTTP request | Description\n------------- | ------------- | -------------\n",
        model.address.default_url()
    );
    let mut sections = String::new();
    for member in &group.members {
        let Some(operation) = model.operations.get(member.operation) else {
            continue;
        };
        let name = &member.python;
        out.push_str(&format!(
            "[**{name}**]({class}.md#{name}) | **{}** {} | {}\n",
            operation.method.wire(),
            operation.path,
            cell(operation.summary.as_deref())
        ));
        let call = Call::new(model, operation, name);
        sections.push_str(&section(model, package, class, &call, operation, name));
    }
    out + "\n" + &sections
}

fn section(
    model: &Model,
    package: &str,
    class: &str,
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
) -> String {
    let arguments: Vec<String> = call
        .parameters
        .iter()
        .map(|p| {
            if p.required {
                p.python.clone()
            } else {
                format!("{0}={0}", p.python)
            }
        })
        .collect();
    let arguments = arguments.join(", ");
    let (assigned, shown) = match &call.result {
        Some(result) => (format!("{result} "), "api_response = "),
        None => (String::new(), ""),
    };
    let mut out = format!("# **{name}**\n> {assigned}{name}({arguments})\n\n");
    for text in [&operation.summary, &operation.description]
        .into_iter()
        .flatten()
    {
        out.push_str(&format!("{}\n\n", text.trim()));
    }
    out.push_str(&format!(
        "### Example\n```python\nimport {package}\nfrom {package}.rest import ApiException\n\
         from pprint import pprint\n\n{}# create an instance of the API class\n\
         api_instance = {package}.{class}({package}.ApiClient(configuration))\n",
        configuration(model, package, operation)
    ));
    for p in &call.parameters {
        let of = type_string(model, &p.schema);
        let optional = if p.required { "" } else { " (optional)" };
        out.push_str(&format!(
            "{} = {} # {of} | {}{optional}\n",
            p.python,
            value(model, package, &p.schema, &p.name),
            cell(p.description.as_deref())
        ));
    }
    let print = if shown.is_empty() {
        ""
    } else {
        "    pprint(api_response)\n"
    };
    out.push_str(&format!(
        "\ntry:\n    {shown}api_instance.{name}({arguments})\n{print}\
         except ApiException as e:\n    print(\"Exception when calling {class}->{name}: %s\\n\" % e)\n```\n\n\
         ### Parameters\n\n"
    ));
    if call.parameters.is_empty() {
        out.push_str("This endpoint does not need any parameter.\n");
    } else {
        out.push_str(
            "Name | Type | Description  | Notes\n------------- | ------------- | ------------- | -------------\n",
        );
    }
    for p in &call.parameters {
        let optional = if p.required { "" } else { "[optional] " };
        out.push_str(&format!(
            " **{}** | {}| {} | {optional}\n",
            p.python,
            link(model, &p.schema),
            cell(p.description.as_deref())
        ));
    }
    let result = match &call.result {
        None => "void (empty response body)".to_owned(),
        Some(result) => call
            .answer
            .map_or_else(|| format!("**{result}**"), |schema| link(model, schema)),
    };
    let mut schemes: Vec<&String> = operation
        .security
        .iter()
        .flat_map(|all| all.keys())
        .collect();
    schemes.dedup();
    let schemes: Vec<String> = schemes
        .iter()
        .map(|name| format!("[{name}](../README.md#{name})"))
        .collect();
    let or = |list: String, none: &str| {
        if list.is_empty() {
            none.to_owned()
        } else {
            list
        }
    };
    out.push_str(&format!(
        "\n### Return type\n\n{result}\n\n### Authorization\n\n{}\n\n### HTTP request headers\n\n \
         - **Content-Type**: {}\n - **Accept**: {}\n\n[[Back to top]](#) {API_LIST} {MODEL_LIST} {README}\n\n",
        or(schemes.join(", "), "No authorization required"),
        or(operation.consumes.join(", "), "Not defined"),
        or(operation.produces.join(", "), "Not defined"),
    ));
    out
}

/// Statements that set what the operation asks for.
fn configuration(model: &Model, package: &str, operation: &Operation) -> String {
    let mut out = format!("configuration = {package}.Configuration()\n");
    let names = operation.security.iter().flat_map(|all| all.keys());
    let mut seen: Vec<&String> = Vec::new();
    for name in names {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let Some(scheme) = model.security_schemes.get(name) else {
            continue;
        };
        out.push_str(&match &scheme.kind {
            SchemeKind::Basic => "configuration.username = 'YOUR_USERNAME'\n\
                                  configuration.password = 'YOUR_PASSWORD'\n"
                .to_owned(),
            SchemeKind::ApiKey { name, .. } => {
                format!("configuration.api_key[{}] = 'YOUR_API_KEY'\n", quoted(name))
            }
            SchemeKind::Bearer { .. }
            | SchemeKind::OAuth2 { .. }
            | SchemeKind::OpenIdConnect { .. } => {
                "configuration.access_token = 'YOUR_ACCESS_TOKEN'\n".to_owned()
            }
            SchemeKind::Http { .. } | SchemeKind::MutualTls => continue,
        });
    }
    out + "\n"
}

/// A value to show.
fn value(model: &Model, package: &str, schema: &Schema, name: &str) -> String {
    let of = model.resolve(schema).unwrap_or(schema);
    match &of.kind {
        Kind::Object { .. } if has_properties(model, of) && schema.reference_name().is_some() => {
            format!("{package}.{}()", type_string(model, schema))
        }
        Kind::Boolean => "True".to_owned(),
        Kind::Integer => "56".to_owned(),
        Kind::Number => "1.2".to_owned(),
        Kind::File => "'/path/to/file.txt'".to_owned(),
        Kind::Array { items } => format!("[{}]", value(model, package, items, name)),
        Kind::Object { .. } | Kind::Any | Kind::Null | Kind::Ref { .. } => "{}".to_owned(),
        Kind::String => match of.format.as_deref() {
            Some("date") => "'2013-10-20'".to_owned(),
            Some("date-time") => "'2013-10-20T19:20:30+01:00'".to_owned(),
            _ => quoted(&format!("{name}_example")),
        },
    }
}

fn class(class: &Class<'_>) -> String {
    let mut out = format!(
        "# {}\n\n## Properties\nName | Type | Description | Notes\n\
         ------------ | ------------- | ------------- | -------------\n",
        class.named.python_class
    );
    for field in &class.fields {
        let schema = &field.property.schema;
        let optional = if field.required { "" } else { "[optional] " };
        out.push_str(&format!(
            "**{}** | {} | {} | {optional}\n",
            field.property.python,
            link(class.model, schema),
            cell(schema.description.as_deref())
        ));
    }
    out + &format!("\n{MODEL_LIST} {API_LIST} {README}\n")
}

/// The type of a value, with a link to the page of its class.
fn link(model: &Model, schema: &Schema) -> String {
    let of = type_string(model, schema);
    let mut inner = schema;
    while let Kind::Array { items } = &inner.kind {
        inner = items;
    }
    let class = inner
        .reference_name()
        .and_then(|name| model.schemas.get(name));
    match class {
        Some(named) => format!("[**{of}**]({}.md)", named.python_class),
        None => format!("**{of}**"),
    }
}

/// A text in a table: one line, without the sign that ends a cell.
fn cell(text: Option<&str>) -> String {
    let words = text.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The part of the README that leads to these pages, and says how to show who one is.
pub(super) fn overview(model: &Model) -> String {
    let mut out = format!(
        "## Documentation for API Endpoints\n\nAll URIs are relative to *{}*\n\n\
         Class | Method | HTTP request | Description\n\
         ------------ | ------------- | ------------- | -------------\n",
        model.address.default_url()
    );
    for group in &model.groups {
        let class = &group.python_class;
        for member in &group.members {
            let (name, operation) = (&member.python, model.operations.get(member.operation));
            let Some(operation) = operation else { continue };
            out.push_str(&format!(
                "*{class}* | [**{name}**](docs/{class}.md#{name}) | **{}** {} | {}\n",
                operation.method.wire(),
                operation.path,
                cell(operation.summary.as_deref())
            ));
        }
    }
    out.push_str("\n## Documentation For Models\n\n");
    for named in model.schemas.values() {
        let class = &named.python_class;
        out.push_str(&format!(" - [{class}](docs/{class}.md)\n"));
    }
    out.push_str("\n## Documentation For Authorization\n\n");
    if model.security_schemes.is_empty() {
        out.push_str("All endpoints do not require authorization.\n");
    }
    for (name, scheme) in &model.security_schemes {
        let how = match &scheme.kind {
            SchemeKind::Basic => "`configuration.username` and `configuration.password`".to_owned(),
            SchemeKind::ApiKey { name, .. } => format!("`configuration.api_key[{}]`", quoted(name)),
            SchemeKind::Bearer { .. }
            | SchemeKind::OAuth2 { .. }
            | SchemeKind::OpenIdConnect { .. } => "`configuration.access_token`".to_owned(),
            SchemeKind::Http { .. } | SchemeKind::MutualTls => {
                "by hand, through headers".to_owned()
            }
        };
        out.push_str(&format!("### {name}\n\n- **Given as**: {how}\n\n"));
    }
    out
}
