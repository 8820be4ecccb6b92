//! Text in HTML, for what notebooks show.

/// A text that no browser takes for markup.
pub fn escaped(text: &str) -> String {
    let shown = forestall_model::visible(text);
    shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
