//! Writes the corpus for other programs to read: planted secrets with their labels, and large
//! amounts of harmless text.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clawtest_corpus::{
    File, Numbers, encoded, labels, look_alikes, secrets, volume, wrong_checksums,
};

const USAGE: &str = "\
usage: corpus write FOLDER [--seed N] [--set secrets|wrong|encoded|look-alikes|all]
       corpus tree FOLDER --megabytes N [--seed N]
       corpus log FILE --megabytes N [--seed N]
";

const MEGABYTE: usize = 1_000_000;

/// What was asked for.
struct Arguments {
    command: String,
    target: PathBuf,
    seed: u64,
    set: String,
    megabytes: Option<usize>,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            let _ = write!(io::stderr(), "error: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(summary) => {
            let _ = writeln!(io::stdout(), "{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let target = arguments.target.display();
            let _ = writeln!(io::stderr(), "error: cannot write `{target}`: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let command = words.next().ok_or("no command")?;
    if !["write", "tree", "log"].contains(&command.as_str()) {
        return Err(format!("unknown command `{command}`"));
    }
    let target = PathBuf::from(words.next().ok_or("no folder or file to write")?);
    let mut arguments = Arguments {
        command,
        target,
        seed: 1,
        set: "all".to_owned(),
        megabytes: None,
    };
    while let Some(option) = words.next() {
        let value = words.next().ok_or(format!("`{option}` needs a value"))?;
        let number = || {
            value
                .parse::<u32>()
                .map_err(|_| format!("`{value}` is not a number"))
        };
        match option.as_str() {
            "--seed" => arguments.seed = u64::from(number()?),
            "--megabytes" => arguments.megabytes = Some(number()? as usize),
            "--set" => arguments.set = value,
            _ => return Err(format!("unknown option `{option}`")),
        }
    }
    if arguments.command == "write" {
        if sets(&arguments.set, 0).is_none() {
            return Err(format!("unknown set `{}`", arguments.set));
        }
    } else if arguments.megabytes.is_none() {
        return Err("`--megabytes` is missing".to_owned());
    }
    Ok(arguments)
}

/// Makes the files of a set, or of all.
type Maker = fn(u64) -> Vec<File>;

const SETS: &[(&str, Maker)] = &[
    ("secrets", secrets),
    ("wrong", wrong_checksums),
    ("encoded", encoded),
    ("look-alikes", look_alikes),
];

/// The files of a set; `None` if there is no such set.
fn sets(name: &str, seed: u64) -> Option<Vec<File>> {
    let makers: Vec<Maker> = SETS
        .iter()
        .filter(|(set, _)| name == "all" || name == *set)
        .map(|(_, maker)| *maker)
        .collect();
    (!makers.is_empty()).then(|| makers.iter().flat_map(|maker| maker(seed)).collect())
}

fn run(arguments: &Arguments) -> io::Result<String> {
    let size = arguments.megabytes.unwrap_or_default() * MEGABYTE;
    let mut numbers = Numbers::new(arguments.seed);
    match arguments.command.as_str() {
        "write" => write_set(arguments),
        "tree" => write_tree(&arguments.target, size, &mut numbers),
        _ => write_log(&arguments.target, size, &mut numbers),
    }
}

fn write_set(arguments: &Arguments) -> io::Result<String> {
    let files = sets(&arguments.set, arguments.seed).unwrap_or_default();
    for file in &files {
        write_file(&arguments.target.join(&file.path), &file.text)?;
    }
    write_file(
        &arguments.target.join("labels.jsonl"),
        labels::labels(&files).as_bytes(),
    )?;
    let planted: usize = files.iter().map(|file| file.planted.len()).sum();
    Ok(format!("{} files, {planted} labels", files.len()))
}

fn write_tree(folder: &Path, size: usize, numbers: &mut Numbers) -> io::Result<String> {
    let (mut written, mut count) = (0, 0);
    while written < size {
        let (path, text) = volume::file(count, numbers);
        write_file(&folder.join(path), text.as_bytes())?;
        written += text.len();
        count += 1;
    }
    Ok(format!("{count} files, {written} bytes"))
}

fn write_log(path: &Path, size: usize, numbers: &mut Numbers) -> io::Result<String> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    let mut written = 0;
    while written < size {
        let text = volume::log(numbers, MEGABYTE.min(size - written));
        file.write_all(text.as_bytes())?;
        written += text.len();
    }
    file.flush()?;
    Ok(format!("{written} bytes"))
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}
