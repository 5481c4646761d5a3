//! Words as they are compared: without case, without diacritics.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

/// The text with every letter in its plainest form.
pub fn folded(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let categories = CodePointMapData::<GeneralCategory>::new();
    let mut folded = String::with_capacity(decomposed.len());
    for character in decomposed.chars() {
        if categories.get(character) == GeneralCategory::NonspacingMark {
            continue;
        }
        match character {
            // Letters with a stroke or grown together, which Unicode does not take apart.
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' => folded.push('d'),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            // By way of the capital, so that ß and ss are the same.
            other => folded.extend(other.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
    folded
}

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    folded(text)
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_make_no_difference() {
        for (one, other) in [
            ("Réflexion", "REFLEXION"),
            ("Größe", "grosse"),
            ("naïve", "naive"),
            ("Ｗａｉｔ", "wait"),
            ("Żółć", "zolc"),
            ("Ἀθῆναι", "αθηναι"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_eq!(words("Wait-Time, (again)!"), ["wait", "time", "again"]);
    }
}
