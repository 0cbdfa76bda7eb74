//! Files by their names: searching, copying, renaming, describing.

use crate::{TRUE, UNTOUCHED, alone, close, wide, win32};
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, ERROR_DIR_NOT_EMPTY, ERROR_DIRECTORY,
    ERROR_FILE_EXISTS, ERROR_FILE_NOT_FOUND, ERROR_INVALID_HANDLE, ERROR_LOCK_VIOLATION,
    ERROR_NO_MORE_FILES, ERROR_NOT_LOCKED, ERROR_NOT_SUPPORTED, ERROR_PATH_NOT_FOUND,
    ERROR_REQUEST_ABORTED, ERROR_SHARING_VIOLATION, FILETIME, GENERIC_READ, GENERIC_WRITE, HANDLE,
    INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, CopyFileExW, CopyFileW, CreateDirectoryW, CreateFileW, DELETE,
    FILE_ATTRIBUTE_ARCHIVE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_NORMAL,
    FILE_ATTRIBUTE_READONLY, FILE_BASIC_INFO, FILE_DISPOSITION_INFO, FILE_SHARE_DELETE,
    FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_STANDARD_INFO, FileBasicInfo, FileDispositionInfo,
    FileStandardInfo, FindClose, FindFirstFileA, FindFirstFileW, FindNextFileW,
    GetDiskFreeSpaceExW, GetFileAttributesExW, GetFileExInfoStandard, GetFileInformationByHandle,
    GetFileInformationByHandleEx, GetFileTime, GetFinalPathNameByHandleW, GetFullPathNameW,
    GetLogicalDrives, GetTempFileNameW, GetTempPathW, LOCKFILE_FAIL_IMMEDIATELY, LockFile,
    LockFileEx, MOVEFILE_REPLACE_EXISTING, MoveFileExW, MoveFileW, OPEN_EXISTING, RemoveDirectoryW,
    SetFileAttributesW, SetFileInformationByHandle, SetFileTime, UnlockFile,
    WIN32_FILE_ATTRIBUTE_DATA, WIN32_FIND_DATAA, WIN32_FIND_DATAW,
};
use windows_sys::Win32::System::IO::OVERLAPPED;

/// A directory of the test's own, which goes when it is dropped.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("transom-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, name: &str, content: &str) -> Self {
        std::fs::write(self.0.join(name), content).unwrap();
        self
    }

    fn name(&self, name: &str) -> Vec<u16> {
        wide(self.0.join(name).to_str().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A test that fails has a message of its own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &[u16], access: u32, share: u32) -> HANDLE {
    let (file, error) =
        win32!(CreateFileW(path.as_ptr(), access, share, null(), OPEN_EXISTING, 0, null_mut()));
    assert_ne!(file, INVALID_HANDLE_VALUE, "error {error}");
    file
}

fn name_in(data: &WIN32_FIND_DATAW) -> String {
    let length = data.cFileName.iter().position(|&unit| unit == 0).unwrap();
    String::from_utf16_lossy(&data.cFileName[..length])
}

fn found(pattern: &[u16]) -> Vec<String> {
    let mut data = WIN32_FIND_DATAW::default();
    let (search, error) = win32!(FindFirstFileW(pattern.as_ptr(), &raw mut data));
    assert_ne!(search, INVALID_HANDLE_VALUE, "error {error}");
    let mut names = vec![name_in(&data)];
    loop {
        match win32!(FindNextFileW(search, &raw mut data)) {
            (1, _) => names.push(name_in(&data)),
            (_, error) => {
                assert_eq!(error, ERROR_NO_MORE_FILES);
                break;
            }
        }
    }
    assert_eq!(win32!(FindClose(search)), TRUE);
    assert_eq!(win32!(FindClose(search)), (0, ERROR_INVALID_HANDLE));
    names
}

#[test]
fn directories_are_searched() {
    let place =
        Place::new("find").with("b.txt", "1").with("A.TXT", "22").with("c", "").with("a.b.c", "");
    assert_eq!(found(&place.name("*.txt")), ["A.TXT", "b.txt"]);
    assert_eq!(found(&place.name("*")), [".", "..", "a.b.c", "A.TXT", "b.txt", "c"]);
    assert_eq!(found(&place.name("*.*")).len(), 6);
    assert_eq!(found(&place.name("?")), ["c"]);
    assert_eq!(found(&place.name("b.txt")), ["b.txt"]);
    let mut data = WIN32_FIND_DATAA::default();
    let exact = std::ffi::CString::new(place.0.join("A.TXT").to_str().unwrap()).unwrap();
    let (search, _) = win32!(FindFirstFileA(exact.as_ptr().cast(), &raw mut data));
    assert_eq!((data.nFileSizeLow, data.dwFileAttributes), (2, FILE_ATTRIBUTE_ARCHIVE));
    assert_eq!(win32!(FindClose(search)), TRUE);
    let mut data = WIN32_FIND_DATAW::default();
    for (name, error) in [
        ("none*", ERROR_FILE_NOT_FOUND),
        ("none/*", ERROR_PATH_NOT_FOUND),
        ("c/*", ERROR_DIRECTORY),
        ("", ERROR_FILE_NOT_FOUND),
        (r"\\.\pipe\none*", ERROR_FILE_NOT_FOUND),
    ] {
        let name = if name.starts_with('\\') { wide(name) } else { place.name(name) };
        let refused = win32!(FindFirstFileW(name.as_ptr(), &raw mut data));
        assert_eq!(refused, (INVALID_HANDLE_VALUE, error), "{}", String::from_utf16_lossy(&name));
    }
    assert_eq!(win32!(FindFirstFileW(null(), &raw mut data)).1, ERROR_PATH_NOT_FOUND);
}

#[test]
fn directories_are_made_and_removed() {
    let place = Place::new("directories").with("file", "");
    let name = place.name("new");
    assert_eq!(win32!(CreateDirectoryW(name.as_ptr(), null())), TRUE);
    assert_eq!(win32!(CreateDirectoryW(name.as_ptr(), null())), (0, ERROR_ALREADY_EXISTS));
    let deep = place.name("none/new");
    assert_eq!(win32!(CreateDirectoryW(deep.as_ptr(), null())), (0, ERROR_PATH_NOT_FOUND));
    std::fs::write(place.0.join("new/inside"), "").unwrap();
    assert_eq!(win32!(RemoveDirectoryW(name.as_ptr())), (0, ERROR_DIR_NOT_EMPTY));
    std::fs::remove_file(place.0.join("new/inside")).unwrap();
    assert_eq!(win32!(RemoveDirectoryW(name.as_ptr())), TRUE);
    assert_eq!(win32!(RemoveDirectoryW(name.as_ptr())), (0, ERROR_FILE_NOT_FOUND));
    assert_eq!(win32!(RemoveDirectoryW(place.name("file").as_ptr())), (0, ERROR_DIRECTORY));
}

#[test]
fn files_are_copied_and_moved() {
    let _alone = alone();
    let place = Place::new("copy").with("from", "content").with("other", "x");
    let (from, to, other) = (place.name("from"), place.name("to"), place.name("other"));
    let copy = |from: &[u16], to: &[u16], fail| win32!(CopyFileW(from.as_ptr(), to.as_ptr(), fail));
    assert_eq!(copy(&from, &to, 1), TRUE);
    assert_eq!(std::fs::read(place.0.join("to")).unwrap(), b"content");
    assert_eq!(copy(&from, &to, 1), (0, ERROR_FILE_EXISTS));
    assert_eq!(copy(&from, &to, 0), TRUE);
    assert_eq!(copy(&place.name("none"), &to, 0), (0, ERROR_FILE_NOT_FOUND));
    assert_eq!(copy(&from, &from, 0), (0, ERROR_SHARING_VIOLATION));

    let cancel = 1;
    let cancelled = win32!(CopyFileExW(
        from.as_ptr(),
        place.name("part").as_ptr(),
        None,
        null(),
        (&raw const cancel).cast_mut(),
        0
    ));
    assert_eq!(cancelled, (0, ERROR_REQUEST_ABORTED));
    assert!(!place.0.join("part").exists());

    let moved = |from: &[u16], to: &[u16]| win32!(MoveFileW(from.as_ptr(), to.as_ptr()));
    assert_eq!(moved(&from, &other), (0, ERROR_ALREADY_EXISTS));
    let held = open(&from, GENERIC_READ, FILE_SHARE_READ);
    let replace = MOVEFILE_REPLACE_EXISTING;
    let refused = win32!(MoveFileExW(from.as_ptr(), other.as_ptr(), replace));
    assert_eq!(refused, (0, ERROR_SHARING_VIOLATION));
    close([held]);
    assert_eq!(win32!(MoveFileExW(from.as_ptr(), other.as_ptr(), replace)), TRUE);
    assert_eq!(std::fs::read(place.0.join("other")).unwrap(), b"content");
    assert_eq!(moved(&from, &other), (0, ERROR_FILE_NOT_FOUND));
    assert_eq!(win32!(MoveFileExW(other.as_ptr(), from.as_ptr(), 4)), (0, ERROR_NOT_SUPPORTED));
    let into = place.name("none/there");
    assert_eq!(moved(&other, &into), (0, ERROR_PATH_NOT_FOUND));
}

#[test]
fn attributes_and_times_are_told_and_set() {
    let _alone = alone();
    let place = Place::new("attributes").with("file", "12345");
    let name = place.name("file");
    let set = |attributes| win32!(SetFileAttributesW(name.as_ptr(), attributes));
    assert_eq!(set(FILE_ATTRIBUTE_HIDDEN), (0, ERROR_NOT_SUPPORTED));
    assert_eq!(set(FILE_ATTRIBUTE_READONLY), TRUE);
    let mut data = WIN32_FILE_ATTRIBUTE_DATA::default();
    let place_of_data = (&raw mut data).cast();
    let tell = win32!(GetFileAttributesExW(name.as_ptr(), GetFileExInfoStandard, place_of_data));
    assert_eq!(tell, TRUE);
    assert_eq!(data.dwFileAttributes, FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE);
    assert_eq!(data.nFileSizeLow, 5);
    assert_eq!(set(FILE_ATTRIBUTE_NORMAL), TRUE);

    let file = open(&name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ);
    let time = FILETIME { dwLowDateTime: 0xD53E_8000, dwHighDateTime: 0x019D_B1DE };
    assert_eq!(win32!(SetFileTime(file, null(), null(), &raw const time)), TRUE);
    assert_eq!(
        win32!(SetFileTime(file, &raw const time, null(), null())),
        (0, ERROR_NOT_SUPPORTED)
    );
    let mut written = FILETIME::default();
    assert_eq!(win32!(GetFileTime(file, null_mut(), null_mut(), &raw mut written)), TRUE);
    assert_eq!(
        (written.dwLowDateTime, written.dwHighDateTime),
        (time.dwLowDateTime, time.dwHighDateTime)
    );

    let mut information = BY_HANDLE_FILE_INFORMATION::default();
    assert_eq!(win32!(GetFileInformationByHandle(file, &raw mut information)), TRUE);
    assert_eq!((information.nNumberOfLinks, information.nFileSizeLow), (1, 5));
    let mut standard = FILE_STANDARD_INFO::default();
    let size = size_of_val(&standard) as u32;
    let to = (&raw mut standard).cast();
    assert_eq!(win32!(GetFileInformationByHandleEx(file, FileStandardInfo, to, size)), TRUE);
    assert_eq!((standard.EndOfFile, standard.Directory), (5, false));
    assert_eq!(win32!(GetFileInformationByHandleEx(file, FileStandardInfo, to, 1)).1, 24);
    let basic = FILE_BASIC_INFO { LastWriteTime: 0x01BF_53EB_0000_0000, ..Default::default() };
    let from = (&raw const basic).cast();
    let size = size_of_val(&basic) as u32;
    assert_eq!(win32!(SetFileInformationByHandle(file, FileBasicInfo, from, size)), TRUE);
    assert_eq!(win32!(GetFileTime(file, null_mut(), null_mut(), &raw mut written)), TRUE);
    assert_eq!((written.dwHighDateTime, written.dwLowDateTime), (0x01BF_53EB, 0));
    let mut path = [0_u16; 300];
    let (length, _) = win32!(GetFinalPathNameByHandleW(file, path.as_mut_ptr(), 300, 0));
    let shown = String::from_utf16_lossy(&path[..length as usize]);
    assert!(shown.starts_with(r"\\?\C:\") && shown.ends_with(r"\file"), "{shown}");
    close([file]);

    let share = FILE_SHARE_DELETE | FILE_SHARE_READ | FILE_SHARE_WRITE;
    let reader = open(&name, GENERIC_READ, share);
    let gone = FILE_DISPOSITION_INFO { DeleteFile: true };
    let from = (&raw const gone).cast();
    let refused = win32!(SetFileInformationByHandle(reader, FileDispositionInfo, from, 1));
    assert_eq!(refused, (0, ERROR_ACCESS_DENIED));
    let deleter = open(&name, DELETE, share);
    assert_eq!(win32!(SetFileInformationByHandle(deleter, FileDispositionInfo, from, 1)), TRUE);
    close([reader, deleter]);
    assert!(!place.0.join("file").exists());
}

#[test]
fn parts_of_files_are_locked() {
    let _alone = alone();
    let place = Place::new("lock").with("file", "0123456789");
    let name = place.name("file");
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    let [first, second] = [(); 2].map(|()| open(&name, GENERIC_READ | GENERIC_WRITE, share));
    assert_eq!(win32!(LockFile(first, 0, 0, 5, 0)), TRUE);
    assert_eq!(win32!(LockFile(second, 4, 0, 5, 0)), (0, ERROR_LOCK_VIOLATION));
    assert_eq!(win32!(LockFile(second, 5, 0, 5, 0)), TRUE);
    // Only what was locked, as it was locked, through the same file.
    assert_eq!(win32!(UnlockFile(second, 0, 0, 5, 0)), (0, ERROR_NOT_LOCKED));
    assert_eq!(win32!(UnlockFile(first, 0, 0, 4, 0)), (0, ERROR_NOT_LOCKED));
    assert_eq!(win32!(LockFile(first, 2, 0, 1, 0)), (0, ERROR_LOCK_VIOLATION));
    assert_eq!(win32!(LockFile(second, 0, 0, 5, 0)), (0, ERROR_LOCK_VIOLATION));
    assert_eq!(win32!(UnlockFile(first, 0, 0, 5, 0)), TRUE);
    assert_eq!(win32!(UnlockFile(first, 0, 0, 5, 0)), (0, ERROR_NOT_LOCKED));
    assert_eq!(win32!(LockFile(second, 0, 0, 5, 0)), TRUE);
    assert_eq!(win32!(UnlockFile(second, 0, 0, 5, 0)), TRUE);
    // A shared lock over an exclusive one: two locks, of which the exclusive one goes first.
    // SAFETY: all zero is a value: the first byte.
    let mut at: OVERLAPPED = unsafe { std::mem::zeroed() };
    let at = &raw mut at;
    let flags = LOCKFILE_FAIL_IMMEDIATELY;
    assert_eq!(win32!(LockFile(first, 0, 0, 2, 0)), TRUE);
    assert_eq!(win32!(LockFileEx(first, flags, 0, 4, 0, at)), TRUE);
    assert_eq!(win32!(LockFileEx(second, flags, 0, 1, 0, at)), (0, ERROR_LOCK_VIOLATION));
    assert_eq!(win32!(UnlockFile(first, 0, 0, 2, 0)), TRUE);
    assert_eq!(win32!(LockFileEx(second, flags, 0, 1, 0, at)), TRUE);
    assert_eq!(win32!(LockFile(second, 3, 0, 1, 0)), (0, ERROR_LOCK_VIOLATION));
    close([first, second]);
}

#[test]
fn names_are_made_full_and_temporary() {
    let name = wide(r"C:\a\..\b\c.txt");
    let (mut buffer, mut part) = ([0_u16; 100], null_mut());
    let (length, _) =
        win32!(GetFullPathNameW(name.as_ptr(), 100, buffer.as_mut_ptr(), &raw mut part));
    assert_eq!(String::from_utf16_lossy(&buffer[..length as usize]), r"C:\b\c.txt");
    assert_eq!(part.addr() - buffer.as_ptr().addr(), 5 * 2);
    let needed = win32!(GetFullPathNameW(name.as_ptr(), 3, buffer.as_mut_ptr(), null_mut()));
    assert_eq!(needed, (length + 1, UNTOUCHED));
    let (length, _) = win32!(GetTempPathW(100, buffer.as_mut_ptr()));
    assert_eq!(buffer[length as usize - 1], b'\\'.into());

    let place = Place::new("temporary");
    let directory = place.name("");
    let prefix = wide("prefix");
    let mut path = [0_u16; 260];
    let make = |number, path: &mut [u16; 260]| {
        win32!(GetTempFileNameW(directory.as_ptr(), prefix.as_ptr(), number, path.as_mut_ptr()))
    };
    let (number, error) = make(0, &mut path);
    assert!(number != 0, "error {error}");
    let length = path.iter().position(|&unit| unit == 0).unwrap();
    let shown = String::from_utf16_lossy(&path[..length]).replace('\\', "/");
    assert!(Path::new(&shown).exists(), "{shown}");
    assert!(shown.ends_with(&format!("/pre{number:X}.tmp")), "{shown}");
    assert_eq!(make(0x12, &mut path).0, 0x12);
    assert_eq!(std::fs::read_dir(&place.0).unwrap().count(), 1);
    let none = place.name("none");
    let nowhere = win32!(GetTempFileNameW(none.as_ptr(), prefix.as_ptr(), 0, path.as_mut_ptr()));
    assert_eq!(nowhere, (0, ERROR_DIRECTORY));

    assert_eq!(win32!(GetLogicalDrives()).0, 4);
    let (mut total, mut free) = (0, 0);
    let space = win32!(GetDiskFreeSpaceExW(null(), null_mut(), &raw mut total, &raw mut free));
    assert_eq!(space, TRUE);
    assert!(total >= free && total > 0);
    assert_eq!(
        win32!(windows_sys::Win32::Storage::FileSystem::GetFileAttributesW(directory.as_ptr())).0,
        FILE_ATTRIBUTE_DIRECTORY
    );
}

#[test]
fn links_are_made_and_paths_searched() {
    use windows_sys::Win32::Foundation::ERROR_INVALID_NAME;
    use windows_sys::Win32::Storage::FileSystem::{
        CreateHardLinkW, CreateSymbolicLinkW, GetVolumeInformationW, SearchPathW,
    };
    let place = Place::new("links").with("file.txt", "x");
    let (file, hard, soft) = (place.name("file.txt"), place.name("hard"), place.name("soft"));
    assert_eq!(win32!(CreateHardLinkW(hard.as_ptr(), file.as_ptr(), null())), TRUE);
    assert_eq!(
        win32!(CreateHardLinkW(hard.as_ptr(), file.as_ptr(), null())).1,
        ERROR_ALREADY_EXISTS
    );
    let none = place.name("none");
    assert_eq!(
        win32!(CreateHardLinkW(soft.as_ptr(), none.as_ptr(), null())).1,
        ERROR_FILE_NOT_FOUND
    );
    assert_eq!(win32!(CreateSymbolicLinkW(soft.as_ptr(), none.as_ptr(), 0)), (true, UNTOUCHED));
    assert!(place.0.join("soft").is_symlink());
    let (directory, name, extension) = (place.name(""), wide("file"), wide(".txt"));
    let (mut buffer, mut part) = ([0_u16; 300], null_mut());
    let mut search = |directory: &[u16], name: &[u16]| {
        win32!(SearchPathW(
            directory.as_ptr(),
            name.as_ptr(),
            extension.as_ptr(),
            300,
            buffer.as_mut_ptr(),
            &raw mut part
        ))
    };
    assert_eq!(search(&directory, &wide("nothing")), (0, ERROR_FILE_NOT_FOUND));
    let (length, _) = search(&directory, &name);
    let found = String::from_utf16_lossy(&buffer[..length as usize]);
    assert!(found.ends_with(r"\file.txt"), "{found}");
    let (mut serial, mut system) = (0, [0_u16; 16]);
    let mut volume = |root: &[u16]| {
        let (no, system) = (null_mut(), system.as_mut_ptr());
        win32!(GetVolumeInformationW(
            root.as_ptr(),
            no,
            0,
            &raw mut serial,
            no.cast(),
            no.cast(),
            system,
            16
        ))
    };
    assert_eq!(volume(&wide("C:\\")), TRUE);
    assert_eq!(volume(&wide("C:")), (0, ERROR_INVALID_NAME));
    assert_eq!(String::from_utf16_lossy(&system[..5]), "Linux");
}

#[test]
fn programs_are_started_simply_and_numbers_scaled() {
    use windows_sys::Win32::System::Threading::WinExec;
    use windows_sys::Win32::System::WindowsProgramming::MulDiv;
    let _alone = alone();
    assert_eq!(win32!(WinExec(c"/bin/true".as_ptr().cast(), 0)).0, 33);
    assert_eq!(win32!(WinExec(c"/no/such/program".as_ptr().cast(), 0)).0, ERROR_FILE_NOT_FOUND);
    assert_eq!(win32!(WinExec(c"no-such-program".as_ptr().cast(), 0)).0, ERROR_FILE_NOT_FOUND);
    for (number, by, over, result) in
        [(7, 3, 2, 11), (-7, 3, 2, -11), (1, 1, 0, -1), (i32::MAX, 2, 1, -1)]
    {
        assert_eq!(win32!(MulDiv(number, by, over)).0, result, "{number} * {by} / {over}");
    }
}
