//! The command prompt's grammar: from a typed line to a tree, after cmd.exe's rules.
//!
//! A line goes through three steps, in cmd's order:
//!
//! 1. [`expand_interactive`] or [`expand_script`] replaces `%NAME%`, so a value may bring operators;
//! 2. the lexer removes `^`, knows quotes, and finds operators and redirections;
//! 3. [`parse`] builds a [`Node`]. `|` binds tightest, then `&&`, then `||`, then `&`.
//!
//! A [`SyntaxError`] that [`is_incomplete`](SyntaxError::is_incomplete) asks for another line (an
//! open parenthesis, a `^` at the end): expand that one too, append it after a line feed, and
//! parse again. Printing a tree gives a line that parses to the same tree.
//!
//! ```
//! use transom_cli::grammar::{Node, expand_interactive, parse};
//! let line = expand_interactive("type %F% | sort>out.txt", |_| Some("a.txt".into()));
//! let tree = parse(&line)?.expect("not an empty line");
//! let Node::Pipeline(stages) = &tree else { panic!("a pipeline") };
//! assert_eq!(stages.len(), 2);
//! assert_eq!(tree.to_string(), "type a.txt | sort>out.txt");
//! # Ok::<(), transom_cli::grammar::SyntaxError>(())
//! ```
//!
//! Where this grammar is not cmd's: `if` and `for` are refused as a syntax error (running what
//! follows them unconditionally would be worse), `rem` takes the rest of its line unless an
//! operator follows it at once, and a line feed inside a variable's value becomes a space.
//! Lines are UTF-8: a caller with other bytes converts them first.
//!
//! Reference: <https://learn.microsoft.com/windows-server/administration/windows-commands/cmd>

mod error;
mod expand;
mod lexer;
mod parser;
mod print;
mod tree;
mod words;

pub use error::{SyntaxError, SyntaxErrorKind};
pub use expand::{ScriptArguments, expand_interactive, expand_script};
pub use parser::{MAXIMUM_DEPTH, label, parse};
pub use tree::{Command, Group, Node, Redirection, Target};
pub use words::{Word, split_builtin, split_first_word, split_parameters, split_words};
