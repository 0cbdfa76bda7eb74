/* What the compiler of Windows has and gcc has not. Every header of ours begins with this. */
#ifndef TRANSOM_COMPILER_H
#define TRANSOM_COMPILER_H
#pragma GCC system_header

#ifndef _WIN32
#define _WIN32 1
#endif
#ifndef _WIN64
#define _WIN64 1
#endif
#ifndef WIN32
#define WIN32 1
#endif
#ifndef _M_X64
#define _M_X64 100
#endif
#ifndef _M_AMD64
#define _M_AMD64 100
#endif
/* Sources that ask for Linux get Linux' code; this world is Windows'. */
#undef linux
#undef unix

#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#define _int64 long long
#define __cdecl
#define _cdecl
#define cdecl
#define __stdcall
#define _stdcall
#define __fastcall
#define _fastcall
#define __vectorcall
#define __thiscall
#define __clrcall
#define __pascal
#define __forceinline inline __attribute__((__always_inline__))
#define _inline inline
#define __unaligned
#define __ptr32
#define __ptr64
#define __w64
#define __assume(condition)                \
    do {                                   \
        if (!(condition))                  \
            __builtin_unreachable();       \
    } while (0)
#define __noop(...) ((void)0)
#define __debugbreak() __asm__ volatile("int3")
#define _ReturnAddress() __builtin_return_address(0)
#define _alloca(bytes) __builtin_alloca(bytes)

/* __declspec(dllexport) and the like; what has no meaning here is left out. */
#define __declspec(word) __transom_declspec_##word
#define _declspec(word) __transom_declspec_##word
#define __transom_declspec_dllexport __attribute__((__visibility__("default")))
#define __transom_declspec_dllimport
#define __transom_declspec_thread __thread
#define __transom_declspec_noreturn __attribute__((__noreturn__))
#define __transom_declspec_noinline __attribute__((__noinline__))
#define __transom_declspec_naked __attribute__((__naked__))
#define __transom_declspec_selectany __attribute__((__weak__))
#define __transom_declspec_restrict
#define __transom_declspec_novtable
#define __transom_declspec_nothrow __attribute__((__nothrow__))
#define __transom_declspec_deprecated __attribute__((__deprecated__))
#define __transom_declspec_align(bytes) __attribute__((__aligned__(bytes)))
#define __transom_declspec_allocate(section)
#define __transom_declspec_uuid(text)
#define __transom_declspec_property(accessors)

/* Structured exceptions need Microsoft's compiler; the error says so. (C++'s own headers use __try.) */
#define TRANSOM_NO_SEH(word) _Pragma(#word)
#ifdef __cplusplus
#define __except(filter) TRANSOM_NO_SEH(GCC error "__except: structured exceptions need Microsoft's compiler") catch (...)
#else
#define __try TRANSOM_NO_SEH(GCC error "__try: structured exceptions need Microsoft's compiler") if (1)
#define _try __try
#define __except(filter) else if (filter)
#endif
#define __finally TRANSOM_NO_SEH(GCC error "__finally: structured exceptions need Microsoft's compiler")
#define __leave ((void)0)

/* Annotations of sal.h. */
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(n)
#define _In_reads_opt_(n)
#define _In_reads_bytes_(n)
#define _In_reads_bytes_opt_(n)
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_updates_(n)
#define _Inout_updates_bytes_(n)
#define _Out_
#define _Out_opt_
#define _Out_writes_(n)
#define _Out_writes_opt_(n)
#define _Out_writes_z_(n)
#define _Out_writes_bytes_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_to_(n, m)
#define _Outptr_
#define _Outptr_opt_
#define _Deref_out_
#define _Ret_z_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Reserved_
#define _Pre_notnull_
#define _Post_invalid_
#define _Success_(condition)
#define _Check_return_
#define _Must_inspect_result_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _When_(condition, annotation)
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Null_terminated_
#define _Use_decl_annotations_
#define _Function_class_(name)
#define _Interlocked_operand_
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Analysis_assume_(condition)
#ifndef __cplusplus
#define __in
#define __out
#endif
#define __in_opt
#define __out_opt
#define __inout
#define __inout_opt
#define __in_bcount(n)
#define __out_bcount(n)
#define __in_ecount(n)
#define __out_ecount(n)
#define __checkReturn

#ifndef _CRTIMP
#define _CRTIMP
#endif
#define _CRT_INSECURE_DEPRECATE(replacement)

#ifdef __cplusplus
#define TRANSOM_BEGIN extern "C" {
#define TRANSOM_END }
#else
#define TRANSOM_BEGIN
#define TRANSOM_END
#endif

/* A function of the C runtime: under its own name in the source, under ours for the linker, so that
   the C library's function of that name stays what it is for everybody else. */
#define TRANSOM_CRT(name) __asm__("transom_" #name)

#endif
