//! Opening the person's browser.

/// Opens `url` in the browser of `BROWSER`, or else the desktop's. It runs by itself: where there is no
/// browser, or one in this terminal, the person has the address on the screen and can do without.
pub(super) fn open(url: String) {
    drop(tokio::task::spawn_blocking(move || webbrowser::open(&url)));
}
