//! Keys of a relying party's own, each in a file of its folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use tempfile::NamedTempFile;

/// A folder of keys of 32 octets, made when they are first asked for. A real
/// relying party has them in a store for keys, the same for all its nodes, and
/// changes them as the runbook says.
#[derive(Clone, Debug)]
pub struct Keys(PathBuf);

impl Keys {
    /// In this folder, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// The key of this name.
    ///
    /// # Errors
    /// If it cannot be read or made, or is none.
    pub fn get(&self, name: &str) -> io::Result<[u8; 32]> {
        let path = self.0.join(name);
        if !fs::exists(&path)? {
            self.make(&path)?;
        }
        let unfit = |_| io::Error::other(format!("{}: not 32 octets", path.display()));
        fs::read(&path)?.try_into().map_err(unfit)
    }

    /// The keys that stood in the place of this one before: files of its name with
    /// a number behind it, such as `chain.1`, in that order.
    ///
    /// # Errors
    /// If one cannot be read, or is none.
    pub fn earlier(&self, name: &str) -> io::Result<Vec<[u8; 32]>> {
        let paths = (1_u32..).map(|number| format!("{name}.{number}"));
        let there = paths.take_while(|name| self.0.join(name).exists());
        there.map(|name| self.get(&name)).collect()
    }

    /// Makes a key, unless somebody has just done so. It is whole before it has its
    /// name: of what is cut short nothing would ever be a key again.
    fn make(&self, path: &Path) -> io::Result<()> {
        let mut key = [0; 32];
        rand::fill(&mut key).map_err(|_| io::Error::other("no entropy"))?;
        // Its owner's alone.
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(&key)?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            // The name is on the disk, too, before anything hangs on the key.
            made => made.map_err(|error| error.error).and_then(|_| self.sync()),
        }
    }

    fn sync(&self) -> io::Result<()> {
        match cfg!(unix) {
            true => File::open(&self.0)?.sync_all(),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_keys_stay_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path()).unwrap();
        assert_eq!(keys.earlier("chain").unwrap(), Vec::<[u8; 32]>::new());
        fs::write(folder.path().join("chain.1"), [1; 32]).unwrap();
        fs::write(folder.path().join("chain.2"), [2; 32]).unwrap();
        fs::write(folder.path().join("chain.4"), [4; 32]).unwrap();
        assert_eq!(keys.earlier("chain").unwrap(), [[1; 32], [2; 32]]);
    }

    #[test]
    fn of_many_who_ask_first_all_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(folder.path()).unwrap();
        for name in 0..50 {
            let name = format!("key-{name}");
            let got = std::thread::scope(|scope| {
                let ask = |_| scope.spawn(|| keys.get(&name).unwrap());
                let asked: Vec<_> = (0..8).map(ask).collect();
                asked
                    .into_iter()
                    .map(|asked| asked.join().unwrap())
                    .collect::<Vec<_>>()
            });
            assert!(got.iter().all(|key| *key == got[0]));
        }
        // Nothing is left beside them of what was not needed.
        assert_eq!(folder.path().read_dir().unwrap().count(), 50);
    }

    #[test]
    fn a_key_stays_and_another_name_is_another_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::in_folder(&folder.path().join("keys")).unwrap();
        let key = keys.get("seal").unwrap();
        assert_eq!(keys.get("seal").unwrap(), key);
        assert_ne!(keys.get("chain").unwrap(), key);
        fs::write(folder.path().join("keys/short"), b"x").unwrap();
        assert!(
            keys.get("short")
                .unwrap_err()
                .to_string()
                .ends_with("not 32 octets")
        );
    }
}
