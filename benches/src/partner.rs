//! Starting the program `partner`: the other process of a conversation.

use crate::placement::on_cpu;
use crate::win32::{self, HANDLE};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

/// How much one write of the throughput row carries.
pub const CHUNK: usize = 64 * 1024;

/// A partner that was started with `CreateProcess` and inherited handles.
#[derive(Debug)]
pub struct Partner {
    handles: [HANDLE; 2],
}

impl Partner {
    /// Starts one that plays a role; the handles in its arguments are then closed here.
    #[must_use]
    pub fn start(program: &str, cpu: usize, role: &str, handles: &[HANDLE]) -> Self {
        // The service thread begins with the first child, and belongs to no CPU.
        let line = "true";
        let [process, thread] =
            win32::create_process(&win32::wide("/bin/true"), &mut win32::wide(line), false);
        win32::wait(process, win32::FOREVER);
        win32::close(process);
        win32::close(thread);
        let numbers: String = handles.iter().map(|handle| format!(" {}", handle.addr())).collect();
        let mut line = win32::wide(&format!("partner {role}{numbers}"));
        let program = win32::wide(program);
        let started = on_cpu(cpu, || win32::create_process(&program, &mut line, true));
        for &handle in handles {
            win32::close(handle);
        }
        Self { handles: started }
    }

    /// The handle to the process.
    #[must_use]
    pub const fn process(&self) -> HANDLE {
        self.handles[0]
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        win32::terminate(self.process());
        win32::wait(self.process(), win32::FOREVER);
        self.handles.into_iter().for_each(win32::close);
    }
}

/// A partner that was started with Linux's means and talks over descriptors.
#[derive(Debug)]
pub struct RawPartner {
    child: Child,
}

impl RawPartner {
    /// Starts one that plays a role, with these as standard input and output.
    #[must_use]
    pub fn start(program: &str, cpu: usize, role: &str, input: OwnedFd, output: Stdio) -> Self {
        let mut command = Command::new(program);
        command.args(role.split(' ')).stdin(Stdio::from(input)).stdout(output);
        let child = on_cpu(cpu, || command.spawn()).expect("the partner starts");
        Self { child }
    }
}

impl Drop for RawPartner {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
