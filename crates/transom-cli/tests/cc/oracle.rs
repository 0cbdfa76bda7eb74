//! The probes of `tests/oracle`: each prints a line for a call, with its result and error. What they
//! print was compared with Wine (`cargo xtask oracle`) and is kept beside them.

use crate::{Place, here, sources};
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::process::{Command, Stdio};

fn answers_as_expected(area: &str) {
    let source = here("../../tests/oracle").join(area).with_extension("c");
    let place = Place::new();
    let name = format!("{area}.exe");
    place.compiles(["--mbcs".as_ref(), source.as_os_str(), "-o".as_ref(), name.as_ref()]);
    // Names of objects and pipes are the same in every run.
    let namespace = place.0.join("namespace");
    fs::DirBuilder::new().mode(0o700).create(&namespace).expect("a directory");
    let said = Command::new("timeout")
        .args(["120".as_ref(), place.0.join(&name).as_os_str()])
        .current_dir(&place.0)
        .env("TRANSOM_NAMESPACE", &namespace)
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let (printed, expected) =
        (crate::text(&said.stdout), fs::read_to_string(source.with_extension("expected")));
    let expected = expected.expect("what it prints");
    for (ours, known) in printed.lines().zip(expected.lines()) {
        assert_eq!(ours, known, "{area}");
    }
    assert_eq!(
        printed.lines().count(),
        expected.lines().count(),
        "{area}: {}",
        crate::text(&said.stderr)
    );
    assert!(said.status.success(), "{area}: {}", said.status);
}

macro_rules! areas {
    ($($area:ident)*) => {
        $(
            #[test]
            fn $area() {
                answers_as_expected(stringify!($area));
            }
        )*

        #[test]
        fn every_probe_is_run() {
            let known = [$(stringify!($area)),*];
            for source in sources(&here("../../tests/oracle")) {
                let name = source.file_stem().and_then(|name| name.to_str()).expect("a name");
                assert!(known.contains(&name), "{name} is in no test");
            }
        }
    };
}

areas! {
    crt duplication environment fibers files handles jobs lists mailslots memory named_pipes objects
    overlapped pipes processes security text threads waits
}
