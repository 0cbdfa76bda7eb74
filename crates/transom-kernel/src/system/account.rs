//! Names of users and groups: those of `/etc/passwd` and `/etc/group`.
//!
//! Users that only a name service knows are called by their number.

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their name.
    pub name: String,
    /// Their number.
    pub uid: u32,
    /// Their group's.
    pub gid: u32,
}

fn lines(path: &str) -> Vec<String> {
    let text = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

fn parse(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty())?;
    let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Account { name: name.to_owned(), uid, gid })
}

/// The user of a number.
#[must_use]
pub fn user(uid: u32) -> Option<Account> {
    lines("/etc/passwd").iter().filter_map(|line| parse(line)).find(|user| user.uid == uid)
}

/// The user of a name; case does not count.
#[must_use]
pub fn user_by_name(name: &str) -> Option<Account> {
    let named = |user: &Account| user.name.eq_ignore_ascii_case(name);
    lines("/etc/passwd").iter().filter_map(|line| parse(line)).find(named)
}

fn groups() -> Vec<(String, u32)> {
    let group = |line: &String| {
        let mut fields = line.split(':');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
    };
    lines("/etc/group").iter().filter_map(group).collect()
}

/// The name of a group.
#[must_use]
pub fn group_name(gid: u32) -> Option<String> {
    groups().into_iter().find(|(_, number)| *number == gid).map(|(name, _)| name)
}

/// The number of a group; case does not count.
#[must_use]
pub fn group_number(name: &str) -> Option<u32> {
    let mut groups = groups().into_iter();
    groups.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, gid)| gid)
}

/// The groups of a user, the main one first.
#[must_use]
pub fn groups_of(uid: u32) -> Vec<u32> {
    let Some(user) = user(uid) else { return Vec::new() };
    let further = |line: &String| {
        let mut fields = line.split(':');
        let gid: u32 = fields.nth(2)?.parse().ok()?;
        let is_member = fields.next()?.split(',').any(|member| member == user.name);
        (is_member && gid != user.gid).then_some(gid)
    };
    [user.gid].into_iter().chain(lines("/etc/group").iter().filter_map(further)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Account, parse};

    #[test]
    fn lines_are_read_and_nonsense_is_not() {
        let user = Account { name: "kim".into(), uid: 1000, gid: 100 };
        assert_eq!(parse("kim:x:1000:100:Kim:/home/kim:/bin/sh"), Some(user));
        for nonsense in ["", ":x:1:1", "kim:x:a:1", "kim", "#"] {
            assert_eq!(parse(nonsense), None);
        }
    }
}
