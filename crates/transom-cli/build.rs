//! Links gcc's unwinder into the program. Loading `libgcc_s.so` at each start costs a tenth of what
//! starting the prompt does.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-lib=dylib:+verbatim=libgcc_eh.a");
}
