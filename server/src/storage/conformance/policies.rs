//! Policies, groups, and what decisions depend on.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::domain::group::Group;
use crate::domain::pattern::Pattern;
use crate::domain::policy::{Effect, Policy, ROOT_POLICY};
use crate::storage::sql::on_pool;

pub(super) async fn suite(storage: &Storage) {
    the_first_client_is_the_only_one(storage).await;
    the_root_policy_goes_with_its_client(storage).await;
    policies_come_back_as_they_went(storage).await;
    policies_are_listed_in_pages(storage).await;
    one_of_many_wins_a_policy(storage).await;
    changes_are_told_once_and_in_order(storage).await;
    whoever_reads_a_revision_reads_the_changes_up_to_it(storage).await;
    groups_come_back_as_they_went(storage).await;
    many_may_add_the_same_member(storage).await;
    standing_comes_with_token_and_client(storage).await;
}

/// Clients that a server without policies let do everything. A careless migration would break at the
/// quotes, or take the brackets for an expression.
const ADMINISTRATORS: [&str; 3] = ["root", "r<oo>t", "\"root\" \\ o'brien"];

pub(super) async fn mark_administrators(storage: &Storage) {
    storage.migrate_to(3).await;
    for id in ADMINISTRATORS {
        storage.create_client(&client(id), None).await.unwrap();
        on_pool!(storage, pool => {
            sqlx::query(storage.sql(
                "INSERT INTO hydra_administrator (client_id, granted_at) VALUES (?, ?)",
            ))
            .bind(id)
            .bind(NOW.0)
            .execute(pool)
            .await
            .map(drop)
            .unwrap();
        });
    }
}

pub(super) async fn marks_have_become_a_policy(storage: &Storage) {
    let policy = storage.policy(ROOT_POLICY).await.unwrap().unwrap();
    let subjects: BTreeSet<String> = policy.subjects.iter().cloned().collect();
    assert_eq!(subjects, ADMINISTRATORS.map(Pattern::literal).into());
    assert_eq!(policy.effect, Effect::Allow);
    assert_eq!(policy.resources, ["rn:hydra:<.*>"]);
    assert_eq!(policy.actions, ["<.*>"]);
    assert!(policy.conditions.is_empty());
    let changes = storage.policy_changes(0).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].revision, revision(storage).await);
    for id in ADMINISTRATORS {
        assert!(storage.delete_client(id).await.unwrap());
    }
    assert!(storage.delete_policy(ROOT_POLICY).await.unwrap());
}

fn policy(id: &str) -> Policy {
    Policy {
        id: id.to_owned(),
        description: format!("Größe of {id}"),
        subjects: vec!["peter".into(), "<o'brien|\"x\">".into()],
        effect: Effect::Allow,
        resources: vec![r"back\slash:<\d+>".into(), "🦀".into()],
        actions: vec!["<.*>".into()],
        conditions: serde_json::from_value(json!({
            "ip": {"type": "CIDRCondition", "options": {"cidr": "10.0.0.0/8"}},
            "owner": {"type": "EqualsSubjectCondition", "options": {}},
        }))
        .unwrap(),
    }
}

fn root_policy(client: &str) -> Policy {
    Policy {
        subjects: vec![Pattern::literal(client)],
        ..policy(ROOT_POLICY)
    }
}

async fn revision(storage: &Storage) -> i64 {
    storage.standing("anybody").await.unwrap().revision
}

async fn the_first_client_is_the_only_one(storage: &Storage) {
    let mut attempts = tokio::task::JoinSet::new();
    for id in ["root-a", "root-b", "root-c", "root-d"] {
        let storage = storage.clone();
        attempts.spawn(async move {
            storage
                .create_first_client(&client(id), "hash", &root_policy(id))
                .await
                .unwrap()
        });
    }
    let outcomes = attempts.join_all().await;
    let created = outcomes
        .iter()
        .filter(|it| **it == Creation::Created)
        .count();
    assert_eq!(created, 1, "{outcomes:?}");
    let root = storage.clients().await.unwrap().remove(0);
    assert_eq!(
        storage.policy(ROOT_POLICY).await.unwrap(),
        Some(root_policy(&root.id))
    );
    assert!(storage.delete_client(&root.id).await.unwrap());
}

async fn the_root_policy_goes_with_its_client(storage: &Storage) {
    let create = async |id: &str| {
        storage
            .create_first_client(&client(id), "hash", &root_policy(id))
            .await
            .unwrap()
    };
    for id in ["root", "r<oo>t"] {
        assert_eq!(create(id).await, Creation::Created);
        let before = revision(storage).await;
        assert!(storage.delete_client(id).await.unwrap());
        assert_eq!(storage.policy(ROOT_POLICY).await.unwrap(), None);
        let gone = storage.policy_changes(before).await.unwrap();
        assert_eq!(gone.len(), 1);
        assert_eq!((gone[0].id.as_str(), &gone[0].policy), (ROOT_POLICY, &None));
    }

    // What somebody made of it stays, until there is a first client again.
    create("root").await;
    let mut changed = root_policy("root");
    changed.subjects.push("group:admins".into());
    assert!(storage.update_policy(&changed).await.unwrap());
    assert!(storage.delete_client("root").await.unwrap());
    assert_eq!(storage.policy(ROOT_POLICY).await.unwrap(), Some(changed));
    assert_eq!(create("heir").await, Creation::Created);
    assert_eq!(
        storage.policy(ROOT_POLICY).await.unwrap(),
        Some(root_policy("heir"))
    );
    assert!(storage.delete_client("heir").await.unwrap());
}

async fn policies_come_back_as_they_went(storage: &Storage) {
    for id in awkward_ids() {
        let created = storage.create_policy(&policy(&id)).await.unwrap();
        assert_eq!(created, Creation::Created, "{id:?}");
    }
    for id in awkward_ids() {
        assert_eq!(storage.policy(&id).await.unwrap(), Some(policy(&id)));
    }
    let other = Policy {
        effect: Effect::Deny,
        subjects: vec![],
        resources: vec![],
        actions: vec!["x".repeat(1024); 256],
        conditions: Default::default(),
        description: String::new(),
        ..policy("admin")
    };
    let before = revision(storage).await;
    assert_eq!(
        storage.create_policy(&other).await.unwrap(),
        Creation::Exists
    );
    assert_eq!(
        storage.policy("admin").await.unwrap(),
        Some(policy("admin"))
    );
    assert_eq!(revision(storage).await, before, "nothing was changed");

    // Twice: an update that changes nothing has still found its policy.
    for _ in 0..2 {
        assert!(storage.update_policy(&other).await.unwrap());
        assert_eq!(storage.policy("admin").await.unwrap(), Some(other.clone()));
    }
    assert_eq!(
        storage.policy("Admin").await.unwrap(),
        Some(policy("Admin"))
    );

    let before = revision(storage).await;
    for absent in ["nobody", "admin ", "", "\0", &"x".repeat(4000)] {
        assert_eq!(storage.policy(absent).await.unwrap(), None, "{absent:?}");
        assert!(!storage.delete_policy(absent).await.unwrap(), "{absent:?}");
    }
    assert!(!storage.update_policy(&policy("nobody")).await.unwrap());
    assert_eq!(revision(storage).await, before, "nothing was changed");
}

async fn policies_are_listed_in_pages(storage: &Storage) {
    let expected: Vec<String> = awkward_ids()
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let page = async |offset, limit| -> Vec<String> {
        let page = storage.policies(offset, limit).await.unwrap();
        page.into_iter().map(|it| it.id).collect()
    };
    assert_eq!(page(0, 1000).await, expected);
    assert_eq!(page(0, 3).await, expected[..3]);
    assert_eq!(page(3, 4).await, expected[3..7]);
    assert_eq!(page(20, 1000).await, expected[20..]);
    assert!(page(i64::MAX, 1000).await.is_empty());
    assert!(page(0, 0).await.is_empty());
    for id in awkward_ids() {
        assert!(storage.delete_policy(&id).await.unwrap());
        assert_eq!(storage.policy(&id).await.unwrap(), None);
    }
    assert!(page(0, 1000).await.is_empty());
}

async fn one_of_many_wins_a_policy(storage: &Storage) {
    let before = revision(storage).await;
    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let storage = storage.clone();
        attempts.spawn(async move { storage.create_policy(&policy("contested")).await.unwrap() });
    }
    let outcomes = attempts.join_all().await;
    let created = outcomes
        .iter()
        .filter(|it| **it == Creation::Created)
        .count();
    assert_eq!(created, 1, "{outcomes:?}");
    assert_eq!(revision(storage).await, before + 1);
    assert!(storage.delete_policy("contested").await.unwrap());
}

async fn changes_are_told_once_and_in_order(storage: &Storage) {
    let start = revision(storage).await;
    for id in ["a", "b", "c"] {
        storage.create_policy(&policy(id)).await.unwrap();
    }
    storage.update_policy(&policy("a")).await.unwrap();
    storage.delete_policy("b").await.unwrap();
    assert_eq!(revision(storage).await, start + 5);

    let changes = storage.policy_changes(start).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| (it.revision - start, it.id.as_str(), it.policy.is_some()))
        .collect();
    assert_eq!(told, [(3, "c", true), (4, "a", true), (5, "b", false)]);
    let bare = Policy {
        description: String::new(),
        ..policy("c")
    };
    assert_eq!(changes[0].policy, Some(bare));
    assert!(storage.policy_changes(start + 5).await.unwrap().is_empty());

    // An id may live again.
    storage.create_policy(&policy("b")).await.unwrap();
    let changes = storage.policy_changes(start + 5).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert!(changes[0].policy.is_some());
    for id in ["a", "b", "c"] {
        assert!(storage.delete_policy(id).await.unwrap());
    }
}

async fn whoever_reads_a_revision_reads_the_changes_up_to_it(storage: &Storage) {
    let start = revision(storage).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let storage = storage.clone();
        writers.spawn(async move {
            for number in 0..8 {
                let id = format!("{writer}-{number}");
                storage.create_policy(&policy(&id)).await.unwrap();
            }
        });
    }
    while !writers.is_empty() {
        let now = revision(storage).await;
        let changes = storage.policy_changes(start).await.unwrap();
        // At least those; perhaps more have come meanwhile. None is missing in between.
        let told: Vec<i64> = changes.iter().map(|it| it.revision).collect();
        let last = told.last().copied().unwrap_or(start);
        assert!(last >= now, "{last} {now}");
        assert_eq!(told, (start + 1..=last).collect::<Vec<_>>());
        assert!(changes.iter().all(|it| it.policy.is_some()));
        while writers.try_join_next().is_some() {}
        tokio::task::yield_now().await;
    }
    for policy in storage.policies(0, 1000).await.unwrap() {
        assert!(storage.delete_policy(&policy.id).await.unwrap());
    }
}

fn group(id: &str, members: &[&str]) -> Group {
    let members = members.iter().copied().map(str::to_owned).collect();
    Group::new(id.to_owned(), members).unwrap()
}

async fn groups_come_back_as_they_went(storage: &Storage) {
    let ids = awkward_ids();
    let members: Vec<&str> = ids.iter().map(String::as_str).collect();
    for id in &ids {
        let created = storage.create_group(&group(id, &members)).await.unwrap();
        assert_eq!(created, Creation::Created);
    }
    let again = storage.create_group(&group("admin", &[])).await.unwrap();
    assert_eq!(again, Creation::Exists);
    for id in &ids {
        assert_eq!(
            storage.group(id).await.unwrap(),
            Some(group(id, &members)),
            "{id:?}"
        );
    }
    let expected: BTreeSet<&str> = members.iter().copied().collect();
    let found = storage.groups_of("o'brien").await.unwrap();
    let found: Vec<&str> = found.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());

    for absent in ["nobody", "admin ", "", "\0"] {
        assert_eq!(storage.group(absent).await.unwrap(), None);
        assert!(storage.groups_of(absent).await.unwrap().is_empty());
        assert!(!storage.delete_group(absent).await.unwrap());
        let some = ["x".to_owned()];
        assert!(!storage.add_members(absent, &some).await.unwrap());
        assert!(!storage.remove_members(absent, &some).await.unwrap());
    }

    let texts = |texts: &[&str]| texts.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let few = group("few", &[]);
    storage.create_group(&few).await.unwrap();
    assert_eq!(storage.group("few").await.unwrap(), Some(few));
    let add = texts(&["b", "a", "c"]);
    // Twice: those it has are no obstacle.
    for _ in 0..2 {
        assert!(storage.add_members("few", &add).await.unwrap());
    }
    let remove = texts(&["b", "z"]);
    assert!(storage.remove_members("few", &remove).await.unwrap());
    assert_eq!(
        storage.group("few").await.unwrap(),
        Some(group("few", &["a", "c"]))
    );
    for id in ids.iter().map(String::as_str).chain(["few"]) {
        assert!(storage.delete_group(id).await.unwrap());
        assert_eq!(storage.group(id).await.unwrap(), None);
    }
    assert!(storage.groups_of("admin").await.unwrap().is_empty());
}

async fn many_may_add_the_same_member(storage: &Storage) {
    storage.create_group(&group("crowd", &[])).await.unwrap();
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..16 {
        let storage = storage.clone();
        attempts.spawn(async move {
            let members = ["same".to_owned(), format!("own {number}")];
            storage.add_members("crowd", &members).await.unwrap()
        });
    }
    assert!(attempts.join_all().await.into_iter().all(|found| found));
    let crowd = storage.group("crowd").await.unwrap().unwrap();
    assert_eq!(crowd.members.len(), 17);
    assert!(storage.delete_group("crowd").await.unwrap());
}

async fn standing_comes_with_token_and_client(storage: &Storage) {
    storage.create_client(&client("app"), None).await.unwrap();
    for (signature, subject) in [("own", "app"), ("peter", "peter"), ("padded", "peter ")] {
        storage
            .add_access_token(&token(signature, "app", subject))
            .await
            .unwrap();
    }
    storage
        .create_group(&group("apps", &["app"]))
        .await
        .unwrap();
    storage
        .create_group(&group("all", &["app", "peter"]))
        .await
        .unwrap();

    let now = revision(storage).await;
    let standing = |groups: &[&str]| Standing {
        revision: now,
        groups: groups.iter().copied().map(str::to_owned).collect(),
    };
    let sorted = |mut standing: Standing| {
        standing.groups.sort();
        standing
    };
    let stored = storage.client("app").await.unwrap().unwrap();
    assert_eq!(sorted(stored.standing), standing(&["all", "apps"]));
    assert_eq!(stored.client, client("app"));
    for (signature, groups) in [
        ("own", &["all", "apps"][..]),
        ("peter", &["all"]),
        // No database may take this subject for another.
        ("padded", &[]),
    ] {
        let stored = storage.access_token(signature).await.unwrap().unwrap();
        assert_eq!(sorted(stored.standing), standing(groups), "{signature}");
    }
    for (subject, groups) in [
        ("peter", &["all"][..]),
        ("Peter", &[]),
        ("peter ", &[]),
        ("", &[]),
        ("\0", &[]),
    ] {
        assert_eq!(
            storage.standing(subject).await.unwrap(),
            standing(groups),
            "{subject:?}"
        );
    }
    assert!(storage.delete_group("all").await.unwrap());
    let stored = storage.access_token("peter").await.unwrap().unwrap();
    assert_eq!(stored.standing, standing(&[]));
    assert!(storage.delete_group("apps").await.unwrap());
    assert!(storage.delete_client("app").await.unwrap());
}
