//! Fuzzes one reader of the program, named by the variable `FORESTALL_READER`.
#![no_main]

use std::sync::OnceLock;

use forestall_study::fuzzing::{ENTRIES, Entry};

static READER: OnceLock<Entry> = OnceLock::new();
static HOOKED: OnceLock<()> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let wanted = std::env::var("FORESTALL_READER").unwrap_or_default();
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.0).collect();
        let found = ENTRIES.into_iter().find(|entry| entry.0 == wanted);
        let reader = found.unwrap_or_else(|| panic!("FORESTALL_READER is `{wanted}`; give one of {}", names.join(", ")));
        READER.set(reader).unwrap_or_default();
    },
    |input: &[u8]| {
        // The fuzzer's own hook ends the process at any panic, also at one that becomes an error.
        HOOKED.get_or_init(|| {
            let told = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if !forestall_study::parquet_file::panic_is_expected() {
                    told(panic);
                }
            }));
        });
        if let Some((_, read)) = READER.get() {
            read(input);
        }
    }
);
