//! Types that contain themselves.
//!
//! A struct that has itself as a field, over however many steps, needs a `Box` somewhere; an alias
//! that leads to itself means nothing to Rust.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::items::{Item, Type};

/// Puts boxes where types contain themselves, and makes any JSON of aliases that are about
/// themselves.
pub(super) fn settle(items: &mut IndexMap<String, Item>) {
    cut_aliases(items);
    let component = components(items);
    let structs: HashSet<String> = items
        .keys()
        .filter(|name| matches!(items.get(end(items, name)), Some(Item::Struct(_))))
        .cloned()
        .collect();
    for (name, item) in items.iter_mut() {
        let Some(own) = component.get(name).copied().flatten() else {
            continue;
        };
        let within = |target: &str| component.get(target).copied().flatten() == Some(own);
        match item {
            Item::Struct(item) => {
                for field in &mut item.fields {
                    // Required in a circle: there is no such value, so it must be left out
                    // somewhere.
                    if let Type::Named(target) = &field.ty
                        && within(target)
                        && structs.contains(target)
                    {
                        field.ty = field.ty.clone().optional();
                        field.always = false;
                    }
                    boxed(&mut field.ty, &within);
                }
            }
            Item::Choice(choice) => {
                for variant in &mut choice.variants {
                    boxed(&mut variant.ty, &within);
                }
            }
            Item::Alias { ty, .. } => boxed(ty, &within),
            Item::Text(_) => {}
        }
    }
}

fn boxed(ty: &mut Type, within: &dyn Fn(&str) -> bool) {
    match ty {
        Type::Named(name) if within(name) => *ty = Type::Boxed(Box::new(ty.clone())),
        Type::Option(of) => boxed(of, within),
        _ => {}
    }
}

/// Where a chain of aliases ends.
fn end<'i>(items: &'i IndexMap<String, Item>, name: &'i str) -> &'i str {
    let mut here = name;
    while let Some(Item::Alias {
        ty: Type::Named(next),
        ..
    }) = items.get(here)
    {
        here = next;
    }
    here
}

/// The names in a type, also those inside of lists and maps.
fn names<'t>(ty: &'t Type, into: &mut Vec<&'t str>) {
    match ty {
        Type::Named(name) => into.push(name),
        Type::List(of) | Type::Map(of) | Type::Option(of) | Type::Boxed(of) => names(of, into),
        _ => {}
    }
}

fn cut_aliases(items: &mut IndexMap<String, Item>) {
    let aliases: Vec<String> = items
        .iter()
        .filter(|(_, item)| matches!(item, Item::Alias { .. }))
        .map(|(name, _)| name.clone())
        .collect();
    for name in aliases {
        let mut seen: Vec<&str> = Vec::new();
        let mut next: Vec<&str> = vec![&name];
        let mut circle = false;
        while let Some(here) = next.pop() {
            let Some(Item::Alias { ty, .. }) = items.get(here) else {
                continue;
            };
            let mut found = Vec::new();
            names(ty, &mut found);
            for target in found {
                circle |= target == name;
                if !seen.contains(&target) {
                    seen.push(target);
                    next.push(target);
                }
            }
        }
        if circle && let Some(Item::Alias { ty, .. }) = items.get_mut(&name) {
            *ty = Type::Value;
        }
    }
}

/// What a type contains without a list or a map in between.
fn contained(item: &Item) -> Vec<&str> {
    let mut found = Vec::new();
    match item {
        Item::Struct(item) => found.extend(item.fields.iter().filter_map(|f| named(&f.ty))),
        Item::Choice(choice) => found.extend(choice.variants.iter().filter_map(|v| named(&v.ty))),
        Item::Alias { ty, .. } => found.extend(named(ty)),
        Item::Text(_) => {}
    }
    found
}

fn named(ty: &Type) -> Option<&str> {
    match ty {
        Type::Named(name) => Some(name),
        Type::Option(of) => named(of),
        _ => None,
    }
}

/// Number of the circle that each type is in; `None` if it is in none. (Tarjan's algorithm,
/// without recursion, since a document may be deep.)
fn components(items: &IndexMap<String, Item>) -> HashMap<String, Option<usize>> {
    let count = items.len();
    let edges: Vec<Vec<usize>> = items
        .values()
        .map(|item| {
            let targets = contained(item).into_iter();
            targets
                .filter_map(|name| items.get_index_of(name))
                .collect()
        })
        .collect();
    let mut index = vec![usize::MAX; count];
    let mut low = vec![0_usize; count];
    let mut on_stack = vec![false; count];
    let mut stack: Vec<usize> = Vec::new();
    let mut found: Vec<Option<usize>> = vec![None; count];
    let mut next = 0;
    let mut circles = 0;
    for root in 0..count {
        if index.get(root) != Some(&usize::MAX) {
            continue;
        }
        let mut work = vec![(root, 0_usize)];
        while let Some((here, at)) = work.pop() {
            if at == 0 {
                set(&mut index, here, next);
                set(&mut low, here, next);
                next += 1;
                stack.push(here);
                set(&mut on_stack, here, true);
            }
            let target = edges.get(here).and_then(|e| e.get(at)).copied();
            if let Some(target) = target {
                work.push((here, at + 1));
                if get(&index, target) == usize::MAX {
                    work.push((target, 0));
                } else if get(&on_stack, target) {
                    let least = get(&low, here).min(get(&index, target));
                    set(&mut low, here, least);
                }
                continue;
            }
            if let Some((parent, _)) = work.last() {
                let least = get(&low, *parent).min(get(&low, here));
                set(&mut low, *parent, least);
            }
            if get(&low, here) == get(&index, here) {
                let from = stack.iter().rposition(|n| *n == here).unwrap_or_default();
                let members = stack.split_off(from);
                let circle =
                    members.len() > 1 || edges.get(here).is_some_and(|e| e.contains(&here));
                for member in members {
                    set(&mut on_stack, member, false);
                    if circle {
                        set(&mut found, member, Some(circles));
                    }
                }
                circles += 1;
            }
        }
    }
    items.keys().cloned().zip(found).collect()
}

fn get<T: Copy + Default>(list: &[T], at: usize) -> T {
    list.get(at).copied().unwrap_or_default()
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}
