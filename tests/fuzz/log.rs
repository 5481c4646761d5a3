//! Checkpoints and proofs of the issuance log.

use std::sync::OnceLock;

use issuer::checkpoint::{Checkpoint, NoteName, NoteSigner, NoteVerifier};
use issuer::digest::Sha256Digest;
use issuer::merkle::{self, Head, Tree};
use keys::SecretKey;

/// Only what the key signed is opened, and a verifier's key prints to itself.
pub fn checkpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(read) = NoteVerifier::parse(text) {
        let again = NoteVerifier::parse(&read.to_string());
        assert_eq!(again.as_ref(), Ok(&read));
    }
    let signer = signer();
    if let Ok(opened) = signer.verifier().open(text) {
        let of_known = (0..SIZES).any(|size| signed(size).0.text() == opened);
        assert!(of_known, "a note that was never signed: {opened}");
        let checkpoint =
            Checkpoint::open(text, signer.verifier()).expect("a checkpoint was signed");
        assert_eq!(checkpoint.text(), opened);
    }
}

/// The notes that are seeds, and a verifier's key.
pub fn notes() -> Vec<Vec<u8>> {
    let notes = (0..SIZES).map(|size| signed(size).1.clone().into_bytes());
    notes
        .chain([signer().verifier().to_string().into_bytes()])
        .collect()
}

/// A proof holds only if it is the one that the tree gives: what is changed in it does not.
pub fn proof(data: &[u8]) {
    let [size, index, changes @ ..] = data else {
        return;
    };
    let (size, index) = (u64::from(size % 65), u64::from(index % 65));
    let head = head(size);
    if index < size {
        let genuine = merkle::inclusion(index, size, &node).unwrap_or_default();
        let changed = changed(&genuine, changes);
        let leaf = node(0, index).expect("every node is known");
        let holds = merkle::verify_inclusion(&leaf, index, size, &changed, &head.root);
        assert_eq!(holds, changed == genuine);
        assert!(!merkle::verify_inclusion(
            &leaf,
            index + 1,
            size,
            &genuine,
            &head.root
        ));
    }
    if index <= size {
        let old = self::head(index);
        let genuine = merkle::consistency(index, size, &node).unwrap_or_default();
        let changed = changed(&genuine, changes);
        let holds = merkle::verify_consistency(&old, &head, &changed);
        assert_eq!(holds, changed == genuine);
    }
    // Sizes that no tree has: nothing is promised but an answer.
    let wide = [data, &[0; 16]].concat();
    let far = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| wide[at + byte]));
    let leaf = Sha256Digest::of(data);
    let path = vec![leaf; data.len() * 2];
    merkle::verify_inclusion(&leaf, far(0), far(8), &path, &leaf);
    let (old, new) = (
        Head {
            size: far(0),
            root: leaf,
        },
        Head {
            size: far(8),
            root: leaf,
        },
    );
    merkle::verify_consistency(&old, &new, &path);
}

/// The proof after one change for each pair of bytes.
fn changed(proof: &[Sha256Digest], changes: &[u8]) -> Vec<Sha256Digest> {
    let mut proof = proof.to_vec();
    for change in changes.chunks_exact(2) {
        let at = usize::from(change[1]) % (proof.len() + 1);
        match change[0] % 5 {
            0 => proof.insert(at, Sha256Digest::of(change)),
            1 if at < proof.len() => drop(proof.remove(at)),
            2 if at < proof.len() => {
                let mut bytes = proof[at].bytes();
                bytes[usize::from(change[0]) % 32] ^= 1;
                proof[at] = bytes.into();
            }
            3 if at < proof.len() => proof.swap(0, at),
            4 if at < proof.len() => proof.insert(at, proof[at]),
            _ => {}
        }
    }
    proof
}

/// The root of a full subtree; the leaves are their own numbers.
fn node(level: u8, index: u64) -> Result<Sha256Digest, ()> {
    static NODES: OnceLock<Vec<Vec<Sha256Digest>>> = OnceLock::new();
    let nodes = NODES.get_or_init(|| {
        let mut tree = Tree::default();
        let mut nodes = vec![Vec::new(); 8];
        for leaf in 0..=64u64 {
            for node in tree.append(merkle::leaf_hash(&leaf.to_be_bytes())) {
                nodes[usize::from(node.level)].push(node.hash);
            }
        }
        nodes
    });
    let found = nodes
        .get(usize::from(level))
        .and_then(|row| row.get(index as usize));
    found.copied().ok_or(())
}

fn head(size: u64) -> Head {
    let root = merkle::root(size, &node).expect("every node is known");
    Head { size, root }
}

fn signer() -> &'static NoteSigner {
    static SIGNER: OnceLock<NoteSigner> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let name = NoteName::new("badges.example/log").expect("a name");
        NoteSigner::new(name, SecretKey::ed25519([3; 32])).expect("an Ed25519 key")
    })
}

/// The checkpoint of a size, and its note.
fn signed(size: u64) -> &'static (Checkpoint, String) {
    static SIGNED: OnceLock<Vec<(Checkpoint, String)>> = OnceLock::new();
    let all = SIGNED.get_or_init(|| {
        let sizes = (0..SIZES).map(|size| {
            let checkpoint = Checkpoint {
                origin: signer().verifier().name().to_owned(),
                head: head(size),
            };
            let note = signer().sign(&checkpoint.text()).expect("a text to sign");
            (checkpoint, note)
        });
        sizes.collect()
    });
    &all[size as usize]
}

const SIZES: u64 = 4;
