//! Named pipes: what their handles are called, whose they are, and acting as a client.

use crate::{TRUE, alone, close, pipe, wide, win32};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_INSUFFICIENT_BUFFER, ERROR_NO_TOKEN, ERROR_NOT_FOUND, ERROR_PIPE_NOT_CONNECTED,
    GENERIC_READ, GENERIC_WRITE, HANDLE,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, RevertToSelf, SecurityImpersonation, TOKEN_QUERY, TokenImpersonationLevel,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FileNameInfo, GetFileInformationByHandleEx, OPEN_EXISTING, PIPE_ACCESS_DUPLEX,
    ReadFile, WriteFile,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, DisconnectNamedPipe, GetNamedPipeClientProcessId,
    GetNamedPipeServerProcessId, ImpersonateNamedPipeClient,
};
use windows_sys::Win32::System::Threading::{GetCurrentThread, OpenThreadToken};

/// A server's end and a client's.
fn ends(name: &str) -> [HANDLE; 2] {
    let name = wide(&format!(r"\\.\pipe\{name}"));
    let place = name.as_ptr();
    let (server, _) =
        win32!(CreateNamedPipeW(place, PIPE_ACCESS_DUPLEX, 0, 1, 100, 100, 0, null()));
    let both = GENERIC_READ | GENERIC_WRITE;
    let (client, _) = win32!(CreateFileW(place, both, 0, null(), OPEN_EXISTING, 0, null_mut()));
    [server, client]
}

/// The name of a file in its device.
fn name_of(file: HANDLE) -> String {
    let mut room = [0_u32; 200];
    let place = room.as_mut_ptr().cast();
    let size = size_of_val(&room) as u32;
    assert_eq!(win32!(GetFileInformationByHandleEx(file, FileNameInfo, place, size)), TRUE);
    let units = room[1..].iter().flat_map(|word| [*word as u16, (*word >> 16) as u16]);
    let units: Vec<u16> = units.take(room[0] as usize / 2).collect();
    String::from_utf16(&units).expect("a name")
}

#[test]
fn pipes_have_names_in_their_device() {
    let _alone = alone();
    let [server, client] = ends("exports-Name");
    assert_eq!([server, client].map(name_of), [r"\exports-Name"; 2]);
    let ([reader, writer], [other, _]) = (pipe(0), pipe(0));
    assert!(name_of(reader).starts_with(r"\Win32Pipes."));
    assert_eq!(name_of(reader), name_of(writer));
    assert_ne!(name_of(reader), name_of(other));
    close([server, client, reader, writer, other]);
}

#[test]
fn fact_35_whose_ends_they_are_after_a_disconnection() {
    let _alone = alone();
    let own = std::process::id();
    let [server, client] = ends("exports-ids");
    let ids = |end: HANDLE| {
        let mut ids = [0_u32; 2];
        let [of_client, of_server] = ids.each_mut().map(std::ptr::from_mut);
        let client = win32!(GetNamedPipeClientProcessId(end, of_client));
        let server = win32!(GetNamedPipeServerProcessId(end, of_server));
        ([client, server], ids)
    };
    assert_eq!(ids(server), ([TRUE; 2], [own; 2]));
    assert_eq!(ids(client), ([TRUE; 2], [own; 2]));
    let nowhere = win32!(GetNamedPipeClientProcessId(server, null_mut()));
    assert_eq!(nowhere, (0, ERROR_INSUFFICIENT_BUFFER));
    assert_eq!(win32!(DisconnectNamedPipe(server)), TRUE);
    assert_eq!(ids(server), ([(0, ERROR_NOT_FOUND), TRUE], [0, own]));
    assert_eq!(ids(client), ([(0, ERROR_PIPE_NOT_CONNECTED); 2], [0; 2]));
    close([server, client]);
}

#[test]
fn who_acts_as_a_client_has_a_token_of_it() {
    let _alone = alone();
    let [server, client] = ends("exports-token");
    let mut count = 0;
    let counted = &raw mut count;
    assert_eq!(win32!(WriteFile(client, [1].as_ptr(), 1, counted, null_mut())), TRUE);
    assert_eq!(win32!(ReadFile(server, [0].as_mut_ptr(), 1, counted, null_mut())), TRUE);
    let mut token = null_mut();
    let place = &raw mut token;
    let open = || {
        let (thread, _) = win32!(GetCurrentThread());
        win32!(OpenThreadToken(thread, TOKEN_QUERY, 0, place))
    };
    assert_eq!(open(), (0, ERROR_NO_TOKEN));
    assert_eq!(win32!(ImpersonateNamedPipeClient(server)), TRUE);
    assert_eq!(open(), TRUE);
    let mut level = 9;
    let (to, size) = ((&raw mut level).cast(), size_of_val(&level) as u32);
    let class = TokenImpersonationLevel;
    assert_eq!(win32!(GetTokenInformation(token, class, to, size, counted)), TRUE);
    assert_eq!(level, SecurityImpersonation);
    assert_eq!(win32!(RevertToSelf()), TRUE);
    assert_eq!(open(), (0, ERROR_NO_TOKEN));
    close([server, client, token]);
}
