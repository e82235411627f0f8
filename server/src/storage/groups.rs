//! Groups of subjects.
//!
//! Who changes a group's members locks the group's row first, so that two who add the same member at
//! once both succeed.

use super::clients::Creation;
use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client;
use crate::domain::group::Group;

impl Storage {
    /// The group of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn group(&self, id: &str) -> Result<Option<Group>, StorageError> {
        if !client::is_id(id) {
            return Ok(None);
        }
        let rows: Vec<(String, Option<String>)> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT g.id, m.member FROM hydra_warden_group g \
                 LEFT JOIN hydra_warden_group_member m ON m.group_id = g.id \
                 WHERE g.id = ? ORDER BY m.member",
            ))
            .bind(id)
            .fetch_all(pool)
            .await?
        });
        Ok(groups(rows).pop())
    }

    /// The groups that `member` is in, ordered by the bytes of the id, each with all its members.
    ///
    /// # Errors
    /// The database fails.
    pub async fn groups_of(&self, member: &str) -> Result<Vec<Group>, StorageError> {
        if !client::is_id(member) {
            return Ok(Vec::new());
        }
        let rows: Vec<(String, Option<String>)> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(
                "SELECT m.group_id, m.member FROM hydra_warden_group_member m \
                 WHERE m.group_id IN \
                    (SELECT o.group_id FROM hydra_warden_group_member o WHERE o.member = ?) \
                 ORDER BY m.group_id, m.member",
            ))
            .bind(member)
            .fetch_all(pool)
            .await?
        });
        Ok(groups(rows))
    }

    /// Creates a group with its members. Of several that try for one id, one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_group(&self, group: &Group) -> Result<Creation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let inserted = sqlx::query(self.sql("INSERT INTO hydra_warden_group (id) VALUES (?)"))
                .bind(group.id.as_str())
                .execute(&mut *transaction)
                .await
                .map(drop);
            match inserted {
                Ok(()) => {}
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    transaction.rollback().await?;
                    return Ok(Creation::Exists);
                }
                Err(error) => return Err(error.into()),
            }
            for member in &group.members {
                sqlx::query(self.sql(
                    "INSERT INTO hydra_warden_group_member (group_id, member) VALUES (?, ?)",
                ))
                .bind(group.id.as_str())
                .bind(member.as_str())
                .execute(&mut *transaction)
                .await?;
            }
            transaction.commit().await?;
        });
        Ok(Creation::Created)
    }

    /// Deletes a group; `false` if there is none of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_group(&self, id: &str) -> Result<bool, StorageError> {
        if !client::is_id(id) {
            return Ok(false);
        }
        let deleted = on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_warden_group WHERE id = ?"))
                .bind(id)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(deleted > 0)
    }

    /// Adds members to a group, those it has already included; `false` if there is no such group.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_members(&self, id: &str, members: &[String]) -> Result<bool, StorageError> {
        self.change_members(
            id,
            members,
            "INSERT INTO hydra_warden_group_member (group_id, member) \
             SELECT g.id, ? FROM hydra_warden_group g \
             WHERE g.id = ? AND NOT EXISTS \
                (SELECT 1 FROM hydra_warden_group_member m \
                 WHERE m.member = ? AND m.group_id = g.id)",
            3,
        )
        .await
    }

    /// Takes members out of a group, those it does not have included; `false` if there is no such
    /// group.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remove_members(&self, id: &str, members: &[String]) -> Result<bool, StorageError> {
        self.change_members(
            id,
            members,
            "DELETE FROM hydra_warden_group_member WHERE member = ? AND group_id = ?",
            2,
        )
        .await
    }

    /// Runs `statement` for each member. Its marks are member and group in turn, `marks` in all.
    async fn change_members(
        &self,
        id: &str,
        members: &[String],
        statement: &'static str,
        marks: usize,
    ) -> Result<bool, StorageError> {
        if !client::is_id(id) {
            return Ok(false);
        }
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let found = sqlx::query(self.sql("UPDATE hydra_warden_group SET id = id WHERE id = ?"))
                .bind(id)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if found == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            for member in members {
                let mut query = sqlx::query(self.sql(statement));
                for mark in 0..marks {
                    query = query.bind(if mark % 2 == 0 { member.as_str() } else { id });
                }
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(true)
    }
}

/// Rows of one group each follow one another.
fn groups(rows: Vec<(String, Option<String>)>) -> Vec<Group> {
    let mut groups = Vec::<Group>::new();
    for (id, member) in rows {
        match groups.last_mut() {
            Some(group) if group.id == id => group.members.extend(member),
            _ => groups.push(Group {
                id,
                members: member.into_iter().collect(),
            }),
        }
    }
    groups
}
