//! Wine, and the compiler for it.

use crate::probes::{Trouble, area, run, succeeds};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const COMPILER: &str = "x86_64-w64-mingw32-gcc";
const FLAGS: [&str; 4] = ["-O1", "-w", "-D_WIN32_WINNT=0x0A00", "-D__USE_MINGW_ANSI_STDIO=0"];
const LIBRARIES: [&str; 6] =
    ["-lpsapi", "-ladvapi32", "-lntdll", "-lshell32", "-luser32", "-lmincore"];

/// Wine with a prefix of its own.
#[derive(Debug)]
pub(super) struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// Makes a prefix beside what cargo builds, unless there is one already, that says it is
    /// Windows 10.
    pub(super) fn prepare() -> Result<Self, Trouble> {
        for tool in [COMPILER, "wine"] {
            let there = Command::new(tool).arg("--version").stdout(Stdio::null()).status();
            if !there.is_ok_and(|status| status.success()) {
                return Err(format!(
                    "{tool} is not there: apt-get install --no-install-recommends wine wine64 \
                     gcc-mingw-w64-x86-64"
                ));
            }
        }
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let target = own.parent().and_then(Path::parent).unwrap_or(Path::new("."));
        let wine = Self { prefix: target.join("oracle-wine") };
        if !wine.prefix.join("system.reg").is_file() {
            std::fs::create_dir_all(&wine.prefix).map_err(|error| error.to_string())?;
            eprintln!("making a Wine prefix in {}", wine.prefix.display());
            succeeds(wine.command("wineboot").arg("-i").stdout(Stdio::null()))?;
            let key = ["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"];
            succeeds(wine.command("wine").args(key).stdout(Stdio::null()))?;
            succeeds(wine.command("wineserver").arg("-w"))?;
        }
        Ok(wine)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // No questions about what these probes need not.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .env_remove("DISPLAY");
        command
    }

    /// Compiles a source and runs it in a directory; what it prints.
    pub(super) fn run(&self, source: &Path, place: &Path) -> Result<String, Trouble> {
        let program = place.join(format!("{}.exe", area(source)));
        let mut compiler = Command::new(COMPILER);
        succeeds(compiler.args(FLAGS).arg(source).arg("-o").arg(&program).args(LIBRARIES))?;
        run(self.command("wine").arg(&program), None, place)
    }
}
