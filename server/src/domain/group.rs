//! Groups of subjects, which policies name as they name a subject.
//!
//! A group's members are subjects; a group in a group is not looked into.

use std::collections::BTreeSet;

use crate::domain::client::{LONGEST_KEY, is_id};

/// The most members that one request may name.
pub const MOST_MEMBERS: usize = 1000;

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Names the group.
    pub id: String,
    /// The subjects in it, ordered, none of them twice.
    pub members: Vec<String>,
}

/// A property of a group that cannot be, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{property}` {problem}")]
pub struct InvalidGroup {
    /// The property.
    pub property: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Group {
    /// Checks every property, and brings the members in order.
    ///
    /// # Errors
    /// The first property that cannot be.
    pub fn new(id: String, members: Vec<String>) -> Result<Self, InvalidGroup> {
        if !is_id(&id) {
            return Err(unfit("id".to_owned()));
        }
        Ok(Self {
            id,
            members: check_members(members)?,
        })
    }
}

/// Checks members, and brings them in order.
///
/// # Errors
/// There are too many, or one could not be the name of anybody.
pub fn check_members(members: Vec<String>) -> Result<Vec<String>, InvalidGroup> {
    if members.len() > MOST_MEMBERS {
        return Err(InvalidGroup {
            property: "members".to_owned(),
            problem: format!(
                "has {} entries; {MOST_MEMBERS} are allowed at a time, so add the others with \
                 further requests",
                members.len()
            ),
        });
    }
    if let Some(index) = members.iter().position(|member| !is_id(member)) {
        return Err(unfit(format!("members[{index}]")));
    }
    let ordered: BTreeSet<String> = members.into_iter().collect();
    Ok(ordered.into_iter().collect())
}

fn unfit(property: String) -> InvalidGroup {
    InvalidGroup {
        property,
        problem: format!(
            "must be 1 to {LONGEST_KEY} characters, without control characters or spaces at the \
             ends, and neither `.` nor `..`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().copied().map(str::to_owned).collect()
    }

    #[test]
    fn members_are_ordered_and_distinct() {
        let group = Group::new("g".into(), texts(&["b", "a", "b"])).unwrap();
        assert_eq!(group.members, texts(&["a", "b"]));
        assert!(Group::new("g".into(), Vec::new()).is_ok());
    }

    #[test]
    fn the_property_at_fault_is_named() {
        let property = |id: &str, members| Group::new(id.into(), members).unwrap_err().property;
        assert_eq!(property("", Vec::new()), "id");
        assert_eq!(property("g", texts(&["a", ""])), "members[1]");
        let many = vec!["a".to_owned(); MOST_MEMBERS + 1];
        assert_eq!(property("g", many), "members");
    }
}
