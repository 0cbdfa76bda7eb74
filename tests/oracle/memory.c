/* Sections, virtual memory, heaps, local and global blocks. */
#include "probe.h"
#include <psapi.h>

static void sections(void)
{
    HANDLE section, again, file, weak;
    char *view, *second;
    MEMORY_BASIC_INFORMATION about;

    section = SAY_HANDLE_ALWAYS("section", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 65536, "oracle_section"));
    again = SAY_HANDLE_ALWAYS("section_again", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "oracle_section"));
    CLOSE(again);
    SAY_HANDLE("section_no_size", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL));
    SAY_HANDLE("section_no_protection", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, 0, 0, 4096, NULL));
    SAY_HANDLE("section_bad_protection", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_NOACCESS, 0, 4096, NULL));
    SAY_HANDLE("section_two_protections", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | PAGE_READONLY, 0, 4096, NULL));
    SAY_HANDLE("section_of_unknown", CreateFileMappingA(NO_SUCH_HANDLE, NULL, PAGE_READWRITE, 0, 4096, NULL));
    SAY_HANDLE("section_of_event", CreateFileMappingA(CreateEventA(NULL, 0, 0, NULL), NULL, PAGE_READWRITE, 0, 4096, NULL));
    SAY_HANDLE("section_open_absent", OpenFileMappingA(FILE_MAP_READ, FALSE, "oracle_absent"));
    SAY_HANDLE("section_open_null", OpenFileMappingA(FILE_MAP_READ, FALSE, NULL));
    SAY_HANDLE("section_open_as_event", OpenEventA(EVENT_ALL_ACCESS, FALSE, "oracle_section"));
    view = (char *)SAY_HANDLE("map", MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0));
    second = (char *)SAY_HANDLE("map_again", MapViewOfFile(section, FILE_MAP_READ, 0, 0, 4096));
    strcpy(view, "shared");
    say_text("map_shared", second);
    SAY_HANDLE("map_bad_offset", MapViewOfFile(section, FILE_MAP_READ, 0, 1, 0));
    SAY_HANDLE("map_too_much", MapViewOfFile(section, FILE_MAP_READ, 0, 0, 70000));
    SAY_HANDLE("map_null", MapViewOfFile(NULL, FILE_MAP_READ, 0, 0, 0));
    SAY_HANDLE("map_process", MapViewOfFile(GetCurrentProcess(), FILE_MAP_READ, 0, 0, 0));
    weak = SAY_HANDLE("section_open_to_read", OpenFileMappingA(FILE_MAP_READ, FALSE, "oracle_section"));
    SAY_HANDLE("map_to_write_without_right", MapViewOfFile(weak, FILE_MAP_WRITE, 0, 0, 0));
    CLOSE(weak);
    SAY("flush_view", FlushViewOfFile(view, 0));
    SAY_VALUE("query_view", VirtualQuery(second, &about, sizeof(about)) == sizeof(about));
    SAY_VALUE("query_view_state", about.State);
    SAY_VALUE("query_view_protect", about.Protect);
    SAY_VALUE("query_view_type", about.Type);
    SAY("unmap", UnmapViewOfFile(second));
    SAY("unmap_twice", UnmapViewOfFile(second));
    SAY("unmap_null", UnmapViewOfFile(NULL));
    CLOSE(section);
    say_text("view_outlives_handle", view);
    SAY("unmap_last", UnmapViewOfFile(view));

    file = CreateFileA("section.bin", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    SAY_HANDLE("section_of_empty_file", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL));
    section = SAY_HANDLE("section_extends_file", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 100, NULL));
    SAY_NUMBER("file_was_extended", GetFileSize(file, NULL));
    CLOSE(section);
    CLOSE(file);
    file = CreateFileA("section.bin", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    SAY_HANDLE("section_to_write_of_read_only", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL));
    SAY_HANDLE("section_read_only_beyond", CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 200, NULL));
    section = SAY_HANDLE("section_read_only", CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL));
    SAY_HANDLE("map_read_only_to_write", MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    view = (char *)SAY_HANDLE("map_copy", MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0));
    if (view)
        UnmapViewOfFile(view);
    CLOSE(section);
    CLOSE(file);
    DeleteFileA("section.bin");
}

static void pages(void)
{
    MEMORY_BASIC_INFORMATION about;
    DWORD old = 77;
    char *base;

    base = (char *)SAY_HANDLE("reserve", VirtualAlloc(NULL, 65536, MEM_RESERVE, PAGE_READWRITE));
    VirtualQuery(base, &about, sizeof(about));
    SAY_VALUE("reserved_state", about.State);
    SAY_VALUE("reserved_size", about.RegionSize);
    SAY_HANDLE("commit", VirtualAlloc(base, 4096, MEM_COMMIT, PAGE_READWRITE));
    VirtualQuery(base, &about, sizeof(about));
    SAY_VALUE("committed_state", about.State);
    SAY_VALUE("committed_size", about.RegionSize);
    SAY("protect", VirtualProtect(base, 4096, PAGE_READONLY, &old));
    SAY_VALUE("protect_old", old);
    SAY("protect_reserved", VirtualProtect(base + 4096, 4096, PAGE_READONLY, &old));
    SAY("protect_nonsense", VirtualProtect(base, 4096, 3, &old));
    SAY("protect_no_old", VirtualProtect(base, 4096, PAGE_READWRITE, NULL));
    SAY("decommit", VirtualFree(base, 4096, MEM_DECOMMIT));
    SAY("release_with_size", VirtualFree(base, 4096, MEM_RELEASE));
    SAY("release_inside", VirtualFree(base + 4096, 0, MEM_RELEASE));
    SAY("free_no_kind", VirtualFree(base, 0, 0));
    SAY("free_both_kinds", VirtualFree(base, 0, MEM_RELEASE | MEM_DECOMMIT));
    SAY("release", VirtualFree(base, 0, MEM_RELEASE));
    SAY("release_twice", VirtualFree(base, 0, MEM_RELEASE));
    SAY("release_null", VirtualFree(NULL, 0, MEM_RELEASE));
    SAY_HANDLE("allocate_nothing", VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE));
    SAY_HANDLE("allocate_no_kind", VirtualAlloc(NULL, 4096, 0, PAGE_READWRITE));
    SAY_HANDLE("allocate_no_protection", VirtualAlloc(NULL, 4096, MEM_COMMIT, 0));
    SAY_HANDLE("allocate_nonsense", VirtualAlloc(NULL, 4096, MEM_COMMIT, 0x1000));
    SAY_HANDLE("commit_free_memory", VirtualAlloc((void *)(ULONG_PTR)0x7A0000000000, 4096, MEM_COMMIT, PAGE_READWRITE));
    SAY_VALUE("query_small_buffer", VirtualQuery(&about, &about, 1));
}

static void heaps(void)
{
    HANDLE heap = SAY_HANDLE("heap", HeapCreate(0, 0, 0)), small;
    char *block = (char *)HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);
    PROCESS_HEAP_ENTRY entry;
    unsigned busy = 0, bytes = 0;

    SAY_VALUE("heap_block", block != NULL && block[99] == 0);
    SAY_VALUE("heap_size", HeapSize(heap, 0, block));
    block = (char *)HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 200);
    SAY_VALUE("heap_grown", block != NULL && block[199] == 0);
    SAY_VALUE("heap_grown_size", HeapSize(heap, 0, block));
    SAY("heap_validate", HeapValidate(heap, 0, block));
    SAY("heap_validate_all", HeapValidate(heap, 0, NULL));
    HeapAlloc(heap, 0, 77);
    memset(&entry, 0, sizeof(entry));
    while (HeapWalk(heap, &entry)) {
        if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) {
            busy++;
            bytes += entry.cbData;
        }
    }
    SAY_VALUE("heap_walk_end", GetLastError());
    SAY_VALUE("heap_walk_blocks", busy);
    SAY_VALUE("heap_walk_bytes", bytes);
    SAY("heap_walk_null", HeapWalk(NULL, &entry));
    SAY("heap_free", HeapFree(heap, 0, block));
    SAY("heap_free_null", HeapFree(heap, 0, NULL));
    SAY("heap_destroy", HeapDestroy(heap));
    SAY_HANDLE("heap_start_over_most", HeapCreate(0, 0x10000, 0x1000));
    small = HeapCreate(0, 0, 65536);
    SAY_VALUE("heap_fixed_is_full", HeapAlloc(small, 0, 1 << 20) == NULL);
    HeapDestroy(small);
    block = (char *)HeapAlloc(GetProcessHeap(), 0, 0);
    SAY_VALUE("heap_zero_bytes", block != NULL);
    SAY_VALUE("heap_zero_size", HeapSize(GetProcessHeap(), 0, block));
    HeapFree(GetProcessHeap(), 0, block);
    block = (char *)HeapAlloc(GetProcessHeap(), 0, 12345);
    SAY("heap_lock", HeapLock(GetProcessHeap()));
    SAY("heap_lock_again", HeapLock(GetProcessHeap()));
    memset(&entry, 0, sizeof(entry));
    busy = 0;
    while (HeapWalk(GetProcessHeap(), &entry))
        busy += entry.lpData == block && entry.cbData == 12345 && entry.wFlags & PROCESS_HEAP_ENTRY_BUSY;
    SAY_VALUE("heap_process_walk_end", GetLastError());
    SAY_VALUE("heap_process_walk_found", busy);
    SAY("heap_unlock", HeapUnlock(GetProcessHeap()));
    SAY("heap_unlock_again", HeapUnlock(GetProcessHeap()));
    SAY("heap_process_validate", HeapValidate(GetProcessHeap(), 0, NULL));
    HeapFree(GetProcessHeap(), 0, block);
}

static void blocks(void)
{
    HLOCAL local = LocalAlloc(LPTR, 10), movable;
    HGLOBAL global;

    SAY_VALUE("local_zeroed", ((char *)local)[9] == 0);
    SAY_VALUE("local_size", LocalSize(local));
    SAY_VALUE("local_flags", LocalFlags(local));
    SAY_NUMBER("local_unlock_fixed", LocalUnlock(local));
    SAY_VALUE("local_free", LocalFree(local) == NULL);
    SAY_VALUE("local_free_null", LocalFree(NULL) == NULL);
    SAY_NUMBER("local_size_null", LocalSize(NULL));
    movable = LocalAlloc(LHND, 10);
    SAY_VALUE("local_movable_locks", LocalFlags(movable) & LMEM_LOCKCOUNT);
    SAY_VALUE("local_lock", LocalLock(movable) != NULL);
    SAY_VALUE("local_lock_count", LocalFlags(movable) & LMEM_LOCKCOUNT);
    SAY_NUMBER("local_unlock", LocalUnlock(movable));
    SAY_NUMBER("local_unlock_twice", LocalUnlock(movable));
    LocalFree(movable);
    global = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 32);
    SAY_VALUE("global_size", GlobalSize(global));
    SAY_VALUE("global_lock", GlobalLock(global) != NULL);
    SAY_VALUE("global_lock_again", GlobalLock(global) != NULL);
    SAY_NUMBER("global_unlock_first", GlobalUnlock(global));
    SAY_NUMBER("global_unlock_last", GlobalUnlock(global));
    SAY_NUMBER("global_unlock_too_often", GlobalUnlock(global));
    global = GlobalReAlloc(global, 64, GMEM_MOVEABLE | GMEM_ZEROINIT);
    SAY_VALUE("global_grown", GlobalSize(global) >= 64);
    SAY_VALUE("global_free", GlobalFree(global) == NULL);
    global = GlobalAlloc(GMEM_MOVEABLE, 0);
    SAY_VALUE("global_empty_movable", global != NULL);
    GlobalFree(global);
    SAY_VALUE("bad_read_null", IsBadReadPtr(NULL, 1));
    SAY_VALUE("bad_read_nothing", IsBadReadPtr(NULL, 0));
    SAY_VALUE("bad_read_good", IsBadReadPtr("x", 1));
    SAY_VALUE("bad_string_null", IsBadStringPtrA(NULL, 10));
}

/* The memory of a process, by a handle. */
static void remote(void)
{
    HANDLE self = GetCurrentProcess(), event = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE waits = OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId());
    volatile int source = 5, target = 6;
    SIZE_T count = 77;
    char path[300];
    char *pages = (char *)VirtualAlloc(NULL, 8192, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(pages, 4096, MEM_COMMIT, PAGE_READWRITE);
    SAY("remote_read", ReadProcessMemory(self, (void *)&source, (void *)&target, sizeof(source), &count));
    SAY_VALUE("remote_read_value", target);
    SAY_VALUE("remote_read_count", count);
    SAY("remote_read_nothing", ReadProcessMemory(self, (void *)&source, (void *)&target, 0, &count));
    count = 77;
    SAY("remote_read_absent", ReadProcessMemory(self, (void *)16, (void *)&target, sizeof(target), &count));
    SAY_VALUE("remote_read_absent_count", count);
    SAY("remote_read_event", ReadProcessMemory(event, (void *)&source, (void *)&target, sizeof(source), &count));
    SAY("remote_read_null", ReadProcessMemory(NULL, (void *)&source, (void *)&target, sizeof(source), &count));
    SAY("remote_read_no_right", ReadProcessMemory(waits, (void *)&source, (void *)&target, sizeof(source), &count));
    SAY("remote_write", WriteProcessMemory(self, pages, "text", 5, &count));
    SAY_VALUE("remote_write_count", count);
    say_text("remote_write_text", pages);
    SAY("remote_write_no_right", WriteProcessMemory(waits, pages, "text", 5, &count));
    SAY("remote_write_absent", WriteProcessMemory(self, (void *)16, "text", 5, &count));
    SAY("flush_code", FlushInstructionCache(self, pages, 10));
    SAY("flush_code_event", FlushInstructionCache(event, pages, 10));
    SAY_VALUE("bad_code", IsBadCodePtr((FARPROC)remote) != 0);
    SAY_VALUE("bad_code_null", IsBadCodePtr(NULL) != 0);
    SAY_VALUE("mapped_file", GetMappedFileNameA(self, (void *)remote, path, sizeof(path)) > 0);
    SAY_NUMBER("mapped_no_file", GetMappedFileNameA(self, pages, path, sizeof(path)));
    SAY_NUMBER("mapped_null", GetMappedFileNameA(self, NULL, path, sizeof(path)));
    SAY_NUMBER("mapped_no_room", GetMappedFileNameA(self, (void *)remote, path, 0));
    VirtualFree(pages, 0, MEM_RELEASE);
    CLOSE(waits);
    CLOSE(event);
}

int main(void)
{
    sections();
    pages();
    heaps();
    blocks();
    remote();
    return 0;
}
