//! National language support: code pages, letters' cases, the order of strings.

pub mod case;
pub mod code_page;
pub mod compare;
