//! Every mistake, with its place and the helpful part of its message.

use super::{HEAD, load_text};

#[test]
fn a_misspelt_parameter_is_found() {
    let all = load_text(&format!("{HEAD}code = \"A\"\n[services]\nanalists = 3\n")).unwrap_err();
    assert_eq!((all.len(), all[0].line, all[0].column, all[0].span_len), (1, 9, 1, 8));
    assert_eq!(all[0].help.as_deref(), Some("did you mean `analysts`?"));
}
