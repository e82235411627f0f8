//! From the checked arguments of a method to the call: what goes where, and how it is written.

use super::api::Call;
use super::text::{list, quoted};
use crate::model::{
    CollectionFormat, Encoding, Kind, Location, Model, Parameter, Schema, Shape, is_json,
};

/// What a local variable with parameters is.
#[derive(Clone, Copy)]
enum Kept {
    Dict,
    Pairs,
}

impl Call<'_> {
    /// The statements of a method that follow the checks.
    pub(super) fn request(&self) -> String {
        let mut out = String::new();
        let path = self.path(&mut out);
        let headers = self.headers();
        let body = match self.at(Location::Body).next() {
            Some(p) if p.required => p.python.clone(),
            Some(p) => format!("kwargs.get({})", quoted(&p.python)),
            None => "None".to_owned(),
        };
        out += &headers;
        out += &self.form();
        out += &self.media_types();
        let formats: Vec<String> = self
            .operation
            .parameters
            .iter()
            .filter(|p| !self.is_styled(p) && !is_file(self.model, p))
            .filter_map(|p| {
                let word = p.collection().map(CollectionFormat::word)?;
                Some(format!("{}: {}", quoted(&p.name), quoted(word)))
            })
            .collect();
        let mut schemes: Vec<&str> = Vec::new();
        for name in self.operation.security.iter().flat_map(|all| all.keys()) {
            if !schemes.contains(&name.as_str()) {
                schemes.push(name);
            }
        }
        let result = self
            .result
            .as_ref()
            .map_or_else(|| "None".to_owned(), |t| quoted(t));
        out += &format!(
            "        return self.api_client.call_api(
            {path}, {method},
            path_params,
            query_params,
            header_params,
            body={body},
            post_params=form_params,
            files=local_var_files,
            response_type={result},
            auth_settings={schemes},
            async_req=kwargs.get(\"async_req\"),
            _return_http_data_only=kwargs.get(\"_return_http_data_only\"),
            _preload_content=kwargs.get(\"_preload_content\", True),
            _request_timeout=kwargs.get(\"_request_timeout\"),
            collection_formats={{{formats}}},
        )\n",
            method = quoted(self.operation.method.wire()),
            schemes = list(schemes.iter().map(|s| quoted(s))),
            formats = formats.join(", "),
        );
        out
    }

    fn at(&self, location: Location) -> impl Iterator<Item = &Parameter> {
        self.operation
            .parameters
            .iter()
            .filter(move |p| p.location == location)
    }

    /// True if the parameter is written by `_styles`. The others are simple values, and lists that
    /// a collection format tells how to write: `call_api` does that, as programs know it.
    fn is_styled(&self, p: &Parameter) -> bool {
        let open = matches!(p.shape, Shape::Object | Shape::Any);
        match p.location {
            Location::Body => false,
            Location::Cookie => true,
            Location::Form if is_file(self.model, p) => false,
            Location::Form => {
                open || p.unusual_style().is_some()
                    || self.encoding(p).is_some_and(|e| e.content_type.is_some())
                    || self.is_multipart() && has_open_items(self.model, &p.schema)
            }
            Location::Query => {
                open || p.allow_reserved || p.content.is_some() || p.unusual_style().is_some()
            }
            Location::Path | Location::Header => {
                open || p.content.is_some() || p.unusual_style().is_some()
            }
        }
    }

    fn plain(&self, location: Location) -> Vec<&Parameter> {
        self.at(location).filter(|p| !self.is_styled(p)).collect()
    }

    fn styled(&self, location: Location) -> Vec<&Parameter> {
        self.at(location).filter(|p| self.is_styled(p)).collect()
    }

    /// `path_params` and `query_params`; gives the expression of the path.
    fn path(&self, out: &mut String) -> String {
        let path = quoted(&self.operation.path);
        let pieces = self.styled(Location::Path);
        // Those of one path are written in one way, so a list goes with the others.
        let (lists, plain): (Vec<&Parameter>, Vec<&Parameter>) = self
            .plain(Location::Path)
            .into_iter()
            .partition(|p| !pieces.is_empty() && p.shape == Shape::List);
        *out += &self.filled("path_params", Kept::Dict, &plain);
        let query: Vec<&Parameter> = self.styled(Location::Query);
        let (reserved, pairs): (Vec<_>, Vec<_>) = query.into_iter().partition(|p| p.allow_reserved);
        *out += &self.filled("query_params", Kept::Pairs, &self.plain(Location::Query));
        for p in pairs {
            *out += &self.given(p, &format!("query_params += {}", self.pairs(p)));
        }
        if pieces.is_empty() && reserved.is_empty() {
            return path;
        }
        *out += &format!("        resource_path = {path}\n");
        for p in pieces.into_iter().chain(lists) {
            *out += &self.given(
                p,
                &format!(
                    "resource_path = _styles.with_piece(self.api_client, resource_path, {}, {}, {}, {})",
                    quoted(&p.name),
                    self.written(p),
                    quoted(p.style.word()),
                    flag(p.explode)
                ),
            );
        }
        for p in reserved {
            *out += &self.given(
                p,
                &format!(
                    "resource_path = _styles.with_query(resource_path, {}, True)",
                    self.pairs(p)
                ),
            );
        }
        "resource_path".to_owned()
    }

    /// `header_params`, with the cookies.
    fn headers(&self) -> String {
        let mut out = self.filled("header_params", Kept::Dict, &self.plain(Location::Header));
        for p in self.styled(Location::Header) {
            let statement = format!(
                "header_params[{}] = _styles.header(self.api_client, {}, {})",
                quoted(&p.name),
                self.written(p),
                flag(p.explode)
            );
            out += &self.given(p, &statement);
        }
        let cookies = self.styled(Location::Cookie);
        if !cookies.is_empty() {
            out += "        cookies = []\n";
            for p in cookies {
                let statement = format!(
                    "cookies += _styles.cookie(self.api_client, {}, {}, {})",
                    quoted(&p.name),
                    self.written(p),
                    flag(p.explode)
                );
                out += &self.given(p, &statement);
            }
            out += "        if cookies:\n            header_params[\"Cookie\"] = \"; \".join(cookies)\n";
        }
        out
    }

    /// `form_params` and `local_var_files`.
    fn form(&self) -> String {
        let (files, fields): (Vec<&Parameter>, Vec<&Parameter>) = self
            .plain(Location::Form)
            .into_iter()
            .partition(|p| is_file(self.model, p));
        let mut out = self.filled("form_params", Kept::Pairs, &fields);
        for p in self.styled(Location::Form) {
            let encoding = self.encoding(p);
            let media_type = encoding.and_then(|e| e.content_type.as_deref());
            let name = quoted(&p.name);
            let value = self.value(p);
            let made = if self.is_multipart() {
                let media_type = media_type
                    .and_then(concrete)
                    .map_or("None".to_owned(), quoted);
                format!("_styles.parts(self.api_client, {name}, {value}, {media_type})")
            } else if media_type.is_some_and(is_json) {
                format!("[({name}, _styles.in_json(self.api_client, {value}))]")
            } else if encoding.is_some_and(|e| e.content_type.is_none())
                || p.unusual_style().is_some()
            {
                self.pairs(p)
            } else {
                format!(
                    "_styles.pairs(self.api_client, {name}, {value}, \"json\", {})",
                    flag(p.explode)
                )
            };
            out += &self.given(p, &format!("form_params += {made}"));
        }
        let (named, unnamed): (Vec<&Parameter>, Vec<&Parameter>) =
            files.into_iter().partition(|p| self.file_type(p).is_some());
        out += &self.filled("local_var_files", Kept::Dict, &unnamed);
        for p in named {
            let statement = format!(
                "local_var_files[{}] = _styles.files({}, {})",
                quoted(&p.name),
                self.value(p),
                quoted(self.file_type(p).unwrap_or_default())
            );
            out += &self.given(p, &statement);
        }
        out
    }

    /// The headers `Accept` and `Content-Type`, unless the document has them among its parameters.
    fn media_types(&self) -> String {
        let mut out = String::new();
        for (header, function, types) in [
            (
                "Accept",
                "select_header_accept",
                self.operation.produces.clone(),
            ),
            (
                "Content-Type",
                "select_header_content_type",
                self.consumes(),
            ),
        ] {
            if types.is_empty() {
                continue;
            }
            let selected = format!(
                "self.api_client.{function}({})",
                list(types.iter().map(|t| quoted(t)))
            );
            let own = self
                .at(Location::Header)
                .find(|p| p.name.eq_ignore_ascii_case(header));
            out += &match own {
                Some(p) => format!(
                    "        header_params.setdefault({}, {selected})\n",
                    quoted(&p.name)
                ),
                None => format!("        header_params[\"{header}\"] = {selected}\n"),
            };
        }
        out
    }

    /// Media types that can be sent, the one that the body is written in first.
    fn consumes(&self) -> Vec<String> {
        let mut types = self.operation.consumes.clone();
        let preferred = self.operation.body.as_ref().and_then(|b| b.preferred());
        let files = self.at(Location::Form).any(|p| is_file(self.model, p));
        let first = types.iter().position(|t| match preferred {
            // Only one kind of form can carry files.
            _ if files => t.to_ascii_lowercase().starts_with("multipart/"),
            Some((media_type, _)) => t == media_type,
            None => false,
        });
        if let Some(first) = first {
            let first = types.remove(first);
            types.insert(0, first);
        }
        types
    }

    fn is_multipart(&self) -> bool {
        self.consumes()
            .first()
            .is_some_and(|t| t.to_ascii_lowercase().starts_with("multipart/"))
    }

    /// How the document wants a field of the form to be written, if it says so.
    fn encoding(&self, p: &Parameter) -> Option<&Encoding> {
        let (_, media) = self.operation.body.as_ref()?.preferred()?;
        media.encoding.get(&p.name)
    }

    /// The media type of a file, if the document names a single one.
    fn file_type(&self, p: &Parameter) -> Option<&str> {
        concrete(self.encoding(p)?.content_type.as_deref()?)
    }

    /// The expression of an argument whose style does not count if it is given by `content`.
    fn written(&self, p: &Parameter) -> String {
        match &p.content {
            Some(_) => format!("_styles.in_json(self.api_client, {})", self.value(p)),
            None => self.value(p),
        }
    }

    /// The expression of the pairs that a parameter becomes.
    fn pairs(&self, p: &Parameter) -> String {
        let name = quoted(&p.name);
        match &p.content {
            Some(_) => format!("[({name}, {})]", self.written(p)),
            None => format!(
                "_styles.pairs(self.api_client, {name}, {}, {}, {})",
                self.value(p),
                quoted(p.style.word()),
                flag(p.explode)
            ),
        }
    }

    /// A statement that is only made if the argument is there.
    fn given(&self, p: &Parameter, statement: &str) -> String {
        if p.required {
            format!("        {statement}\n")
        } else {
            format!(
                "        if {} in kwargs:\n            {statement}\n",
                quoted(&p.python)
            )
        }
    }

    /// Statements that fill a local variable: a dict or a list of pairs, by names on the wire.
    fn filled(&self, variable: &str, kind: Kept, parameters: &[&Parameter]) -> String {
        // Those that are always there and come first can be written down at once.
        let first = parameters.iter().take_while(|p| p.required).count();
        let (always, rest) = parameters.split_at(first);
        let entries = always.iter().map(|p| match kind {
            Kept::Dict => format!("{}: {}", quoted(&p.name), self.value(p)),
            Kept::Pairs => format!("({}, {})", quoted(&p.name), self.value(p)),
        });
        let entries = entries.collect::<Vec<_>>().join(", ");
        let mut out = match kind {
            Kept::Dict => format!("        {variable} = {{{entries}}}\n"),
            Kept::Pairs => format!("        {variable} = [{entries}]\n"),
        };
        for p in rest {
            let (name, value) = (quoted(&p.name), self.value(p));
            let statement = match kind {
                Kept::Dict => format!("{variable}[{name}] = {value}"),
                Kept::Pairs => format!("{variable}.append(({name}, {value}))"),
            };
            out.push_str(&self.given(p, &statement));
        }
        out
    }
}

/// True for a file, or a list of files.
fn is_file(model: &Model, p: &Parameter) -> bool {
    let resolved = model.resolve(&p.schema).unwrap_or(&p.schema);
    match &resolved.kind {
        Kind::File => true,
        Kind::Array { items } => model
            .resolve(items)
            .is_some_and(|items| items.kind == Kind::File),
        _ => false,
    }
}

/// True for a list of what may be objects.
fn has_open_items(model: &Model, schema: &Schema) -> bool {
    let resolved = model.resolve(schema).unwrap_or(schema);
    match &resolved.kind {
        Kind::Array { items } => {
            let items = model.resolve(items).unwrap_or(items);
            matches!(Shape::of(items), Shape::Object | Shape::Any)
        }
        _ => false,
    }
}

/// A media type that is one, neither a list of several nor a range.
fn concrete(media_type: &str) -> Option<&str> {
    (!media_type.contains([',', '*'])).then_some(media_type)
}

fn flag(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
