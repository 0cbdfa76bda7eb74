//! A program that looks at the environment Linux gave it, for the environment's tests: exits with
//! 0 when it is as it should be.

use transom_kernel::environment::{Source, get, set, to_linux};
use transom_kernel::{Win32Error, text::to_wide};
use transom_tests as _;
use windows_sys::Win32::System::Environment::GetEnvironmentVariableA;

fn main() {
    let value = |name: &str| get(&to_wide(name.as_bytes())).ok();
    let own = to_wide(b"Transom_Inherit");
    assert_eq!(std::env::var_os("TRANSOM_INHERIT"), None, "taken away when the program was loaded");
    assert_eq!(value("TRANSOM_INHERIT"), None);
    assert_eq!(set(&own, Some(&to_wide(b"8"))), Err(Win32Error::INVALID_PARAMETER));
    let mut buffer = [0; 4];
    // SAFETY: the name is terminated, and the buffer as long as said.
    let length = unsafe { GetEnvironmentVariableA(c"raw".as_ptr().cast(), buffer.as_mut_ptr(), 4) };
    assert_eq!((length, &buffer), (3, b"a\xFFb\0"));
    assert_eq!(value("http_proxy"), Some(to_wide(b"lower")));
    assert_eq!(value("HTTP_PROXY"), Some(to_wide(b"upper")));
    let strings = to_linux(Source::Inherited).expect("there is room");
    let strings: Vec<_> = strings.iter().map(|string| string.to_bytes()).collect();
    assert_eq!(strings, [&b"HTTP_PROXY=upper"[..], b"http_proxy=lower", b"RAW=a\xFFb"]);
}
