//! Memory: what this process has held, what it may still take, and whether a scenario fits.

use std::path::Path;

use forestall_study::Study;

/// Bytes that the process has held at most; `None` where the system does not tell.
pub fn peak() -> Option<f64> {
    peak_in(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The peak in what Linux says of a process.
fn peak_in(status: &str) -> Option<f64> {
    field(status, "VmHWM:")
}

/// A line of Linux that gives kilobytes, in bytes.
fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// Bytes that the process can still have: what the machine has free, less where a container or `ulimit` allows less;
/// `None` where the system does not tell.
pub fn available() -> Option<f64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let free = read(Path::new("/proc/meminfo")).and_then(|text| field(&text, "MemAvailable:"));
    let own = read(Path::new("/proc/self/limits")).and_then(|text| address_space(&text));
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let grouped = groups.lines().filter_map(|line| in_group(line, &|path| read(path)));
    free.into_iter().chain(own).chain(grouped).reduce(f64::min)
}

/// The limit of address space, if there is one.
fn address_space(limits: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What the control group of a line of `/proc/self/cgroup`, or one above it, leaves.
fn in_group(line: &str, read: &dyn Fn(&Path) -> Option<String>) -> Option<f64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?);
    let (root, most, used, cache) = if controllers.is_empty() {
        ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ")
    } else if controllers.split(',').any(|name| name == "memory") {
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ")
    } else {
        return None;
    };
    let number = |path: &Path| read(path)?.trim().parse::<f64>().ok();
    let left = |folder: &Path| {
        let most = number(&folder.join(most))?;
        // Pages of files count as used and are given up at need.
        let stat = read(&folder.join("memory.stat")).unwrap_or_default();
        let pages = stat.lines().find_map(|line| line.strip_prefix(cache)?.trim().parse().ok()).unwrap_or(0.0);
        Some((most - (number(&folder.join(used)).unwrap_or(0.0) - pages).max(0.0)).max(0.0))
    };
    let folder = Path::new(root).join(path.trim_start_matches('/'));
    folder.ancestors().take_while(|folder| folder.starts_with(root)).filter_map(left).reduce(f64::min)
}

/// Bytes in words.
pub fn words(bytes: f64) -> String {
    if bytes < 1e9 { format!("{:.0} MB", bytes / 1e6) } else { format!("{:.1} GB", bytes / 1e9) }
}

/// What is said of a scenario that needs more memory than there is, with so many policies; `limit` stands in for what the system says.
pub fn too_little(study: &Study, policies: usize, limit: Option<f64>) -> Option<String> {
    let threads = rayon::current_num_threads();
    let need = study.memory_need(threads, policies);
    let free = limit.or_else(available).filter(|free| need.bytes > *free)?;
    Some(format!(
        "{} needs about {} of memory on {threads} threads (about {:.0} people by name and {:.0} neighbourhoods in one run), \
         and {} is free; make `start` or `onset` smaller or `neighbourhood_residents` larger, give fewer --threads, or \
         more --memory if you know better",
        study.scenario().name,
        words(need.bytes),
        need.people,
        need.neighbourhoods,
        words(free),
    ))
}

/// A size in bytes, plain or with K, M, G or T for powers of 1024.
///
/// # Errors
/// What a size is, for anything else.
pub fn size(text: &str) -> Result<f64, String> {
    let wrong = || "a size is a number of bytes above 0, or one with K, M, G or T, such as 8G".to_owned();
    let (number, factor) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1024.0),
        Some((at, 'M' | 'm')) => (&text[..at], 1024.0 * 1024.0),
        Some((at, 'G' | 'g')) => (&text[..at], 1024.0 * 1024.0 * 1024.0),
        Some((at, 'T' | 't')) => (&text[..at], 1024.0 * 1024.0 * 1024.0 * 1024.0),
        _ => (text, 1.0),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    Some(number * factor).filter(|bytes| bytes.is_finite() && *bytes > 0.0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_peak_and_nothing_else() {
        let status = "Name:\tforestall\nVmPeak:\t  9000 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 100 kB\n";
        assert_eq!(peak_in(status), Some(2.0 * 1024.0 * 1024.0));
        assert_eq!(peak_in("VmPeak:\t9000 kB\n"), None);
        assert_eq!(peak_in("VmHWM:\tmuch kB\n"), None);
    }

    #[test]
    fn limits_of_a_process_and_its_groups_are_read() {
        let limits =
            |most: &str| format!("Max cpu time  unlimited  seconds\nMax address space  {most}  unlimited  bytes\n");
        assert_eq!(address_space(&limits("1000000")), Some(1e6));
        assert_eq!(address_space(&limits("unlimited")), None);
        let files = |path: &Path| match path.to_str()? {
            "/sys/fs/cgroup/a/memory.max" => Some("5000\n".to_owned()),
            "/sys/fs/cgroup/a/memory.current" => Some("2000\n".to_owned()),
            "/sys/fs/cgroup/a/memory.stat" => Some("anon 1500\ninactive_file 500\n".to_owned()),
            "/sys/fs/cgroup/a/b/memory.max" => Some("max\n".to_owned()),
            "/sys/fs/cgroup/memory/c/memory.limit_in_bytes" => Some("700\n".to_owned()),
            _ => None,
        };
        assert_eq!(in_group("0::/a/b", &files), Some(3_500.0));
        assert_eq!(in_group("7:cpu,memory:/c", &files), Some(700.0));
        assert_eq!(in_group("3:cpu:/c", &files), None);
        assert_eq!(in_group("nonsense", &files), None);
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(
            (size("1024"), size("2k"), size("1.5G")),
            (Ok(1024.0), Ok(2048.0), Ok(1.5 * 1024.0 * 1024.0 * 1024.0))
        );
        for wrong in ["", "G", "-1", "0", "ten", "nan", "inf", "1e400", "8GB", "é"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
