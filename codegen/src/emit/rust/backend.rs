//! Running progenitor.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use progenitor_impl::{
    GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypePatch,
};
use quote::quote;
use serde_json::Value;

use super::super::{EmitError, Problem};
use super::polish;
use super::profile::Profile;

/// Source of the module with the typed client. What progenitor cannot do goes to `problems`.
///
/// # Errors
/// If progenitor cannot even write an empty client.
pub(super) fn client(
    mut profile: Profile<'_>,
    problems: &mut Vec<Problem>,
) -> Result<String, EmitError> {
    let all: Vec<usize> = (0..profile.operations.len()).collect();
    if let Ok(source) = generate(&profile, &all) {
        return Ok(source);
    }
    // If not even no operation works, it is the schemas.
    if let Err(message) = generate(&profile, &[]) {
        problems.extend(profile.operations.iter().map(|operation| Problem {
            pointer: operation.pointer.clone(),
            message: format!("no typed function, because of the schemas: {message}"),
        }));
        profile.strip();
    }
    let mut good = Vec::new();
    let rest: Vec<usize> = (0..profile.operations.len()).collect();
    sift(&profile, &rest, &mut good, problems);
    generate(&profile, &good).map_err(|message| EmitError {
        problems: vec![Problem {
            pointer: String::new(),
            message,
        }],
    })
}

/// Finds the operations that progenitor can do, by halves: a few bad ones among many cost a few
/// runs each.
fn sift(
    profile: &Profile<'_>,
    operations: &[usize],
    good: &mut Vec<usize>,
    problems: &mut Vec<Problem>,
) {
    match (generate(profile, operations), operations) {
        (_, []) => {}
        (Ok(_), _) => good.extend(operations),
        (Err(message), [only]) => {
            problems.extend(profile.operations.get(*only).map(|operation| Problem {
                pointer: operation.pointer.clone(),
                message,
            }));
        }
        (Err(_), _) => {
            let (left, right) = operations.split_at(operations.len() / 2);
            sift(profile, left, good, problems);
            sift(profile, right, good, problems);
        }
    }
}

fn generate(profile: &Profile<'_>, operations: &[usize]) -> Result<String, String> {
    let document = profile.document(operations);
    quietly(|| run(profile, document))
        .unwrap_or_else(|panic| Err(format!("progenitor cannot express this: {panic}")))
}

fn run(profile: &Profile<'_>, document: Value) -> Result<String, String> {
    let document: openapiv3::OpenAPI =
        serde_json::from_value(document).map_err(|e| format!("not OpenAPI 3.0: {e}"))?;
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::runtime::Transport))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for (name, path) in &profile.replacements {
        settings.with_replacement(name, path, std::iter::empty());
    }
    // So that `Type { field, ..Default::default() }` works.
    let mut patch = TypePatch::default();
    patch.with_derive("Default");
    let defaultable = profile.defaultable();
    for name in &defaultable {
        settings.with_patch(name, &patch);
    }
    let tokens = Generator::new(&settings)
        .generate_tokens(&document)
        .map_err(|e| format!("progenitor cannot express this: {e}"))?;
    let mut file: syn::File = syn::parse2(tokens)
        .map_err(|e| format!("progenitor wrote code that does not parse: {e}"))?;
    polish::polish(&mut file, profile, &defaultable);
    Ok(prettyplease::unparse(&file))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, and gives the message of a panic in place of letting it through or printing it.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|panic| {
        panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "it stopped without a reason".to_owned())
    })
}
