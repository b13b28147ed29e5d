//! The four items of a signing certificate (JPKI profile, subjectAltName).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

use tashika_testbed::{Extension, GeneralName, Person, der, oid, subject_item_names};

use super::{
    Kind::Signing,
    Procedure::Certificate,
    Reached, Vector,
    case::Case,
    world::{DAY, World},
};

const CHECK: &str = "jpki.holder";
const CLAUSE: &str = "JPKI profile, subjectAltName";

/// The six names, in the order of [`subject_item_names`].
const ITEMS: [(&str, &str); 6] = [
    ("name", "name"),
    ("birth_date", "date of birth"),
    ("sex", "sex"),
    ("address", "address"),
    ("name_flags", "list of substituted characters of the name"),
    (
        "address_flags",
        "list of substituted characters of the address",
    ),
];

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [presence(world), form(world), unusual(world), ages(world)].concat()
}

fn names_case(world: &World, id: &str, note: &str, names: &[GeneralName]) -> Case {
    let extension = Extension::subject_alt_name(names);
    let certificate = world.issue(Signing, |c| c.extension(extension));
    let text = [id, CLAUSE, note];
    world
        .case(Certificate, Signing, text)
        .certificate(certificate)
}

fn presence(world: &World) -> Vec<Vector> {
    let names = subject_item_names(world.card().person());
    let mut vectors = Vec::new();
    for (index, (id, item)) in ITEMS.into_iter().enumerate() {
        let mut fewer = names.clone();
        let removed = fewer.remove(index);
        let (id_absent, note) = (format!("holder/no_{id}"), format!("The {item} is missing."));
        vectors.push(
            names_case(world, &id_absent, &note, &fewer).refused(CHECK, "jpki.holder_missing"),
        );
        let more = [&names[..], &[removed]].concat();
        let (id_twice, note) = (
            format!("holder/{id}_twice"),
            format!("The {item} stands twice."),
        );
        vectors.push(
            names_case(world, &id_twice, &note, &more).refused(CHECK, "jpki.holder_duplicate"),
        );
    }
    let without = world.issue(Signing, |c| c.without(oid::SUBJECT_ALT_NAME));
    let text = ["holder/absent", CLAUSE, "There is no subjectAltName."];
    vectors.push(
        world
            .case(Certificate, Signing, text)
            .certificate(without)
            .refused(CHECK, "jpki.holder_missing"),
    );
    vectors
}

fn form(world: &World) -> Vec<Vector> {
    let code = "jpki.holder_form";
    let person = |id, note, change: &dyn Fn(&mut Person)| {
        let mut person = world.card().person().clone();
        change(&mut person);
        names_case(world, id, note, &subject_item_names(&person)).refused(CHECK, code)
    };
    // As many characters as before, so that the flags fit.
    let in_place = |text: &str, position, by: char| -> String {
        let replace = |(at, c)| if at == position { by } else { c };
        text.chars().enumerate().map(replace).collect()
    };
    let sex_as = |value: Vec<u8>| {
        let mut names = subject_item_names(world.card().person());
        names[2] = GeneralName::other(oid::JPKI_SEX, &value);
        names
    };
    let raw = |id, note, value| names_case(world, id, note, &sex_as(value)).refused(CHECK, code);
    vec![
        person(
            "holder/flags_short",
            "The name has one character more than flags.",
            &|p| {
                p.name_substitution.pop();
            },
        ),
        person(
            "holder/flags_long",
            "The address has one flag more than characters.",
            &|p| {
                p.address_substitution.push('0');
            },
        ),
        person("holder/flag_2", "A flag of the name is 2.", &|p| {
            p.name_substitution = in_place(&p.name_substitution, 1, '2');
        }),
        person(
            "holder/name_empty",
            "The name is empty, and so are its flags.",
            &|p| {
                p.name.clear();
                p.name_substitution.clear();
            },
        ),
        person(
            "holder/name_with_nul",
            "There is a NUL in the name.",
            &|p| {
                p.name = in_place(&p.name, 1, '\0');
            },
        ),
        person(
            "holder/name_with_zero_width",
            "There is a zero-width space in the name.",
            &|p| {
                p.name = in_place(&p.name, 1, '\u{200B}');
            },
        ),
        person(
            "holder/address_reversed",
            "A part of the address is written from right to left.",
            &|p| {
                p.address = in_place(&p.address, 4, '\u{202E}');
            },
        ),
        person(
            "holder/birth_date_short",
            "The date of birth has eight digits.",
            &|p| {
                p.birth_date.pop();
            },
        ),
        person(
            "holder/birth_date_letters",
            "A letter stands in the date of birth.",
            &|p| {
                p.birth_date.replace_range(0..1, "S");
            },
        ),
        person(
            "holder/birth_era_6",
            "The era of the date of birth is 6.",
            &|p| {
                p.birth_date.replace_range(0..1, "6");
            },
        ),
        person("holder/birth_month_13", "The month of birth is 13.", &|p| {
            p.birth_date = "319851304".to_owned();
        }),
        person(
            "holder/birth_no_day",
            "The date of birth is 29 February 1985.",
            &|p| {
                p.birth_date = "319850229".to_owned();
            },
        ),
        person("holder/sex_empty", "The sex is empty.", &|p| p.sex.clear()),
        person("holder/sex_word", "The sex is a word.", &|p| {
            p.sex = "女".to_owned()
        }),
        raw(
            "holder/sex_printable",
            "The sex is a PrintableString.",
            der::printable("2"),
        ),
        raw(
            "holder/sex_not_utf8",
            "The sex is not UTF-8.",
            der::tlv(der::tag::UTF8_STRING, [0xFF]),
        ),
        raw(
            "holder/sex_trailing",
            "An element follows the sex.",
            [der::utf8("2"), der::null()].concat(),
        ),
        names_case(
            world,
            "holder/not_an_other_name",
            "An otherName has no value.",
            &{
                let mut names = subject_item_names(world.card().person());
                names.push(GeneralName::raw(der::explicit(0, der::oid(oid::UNKNOWN))));
                names
            },
        )
        .refused(CHECK, code),
    ]
}

fn unusual(world: &World) -> Vec<Vector> {
    let accepted =
        |id, note, names: &[GeneralName]| names_case(world, id, note, names).accepted(CHECK);
    let names = subject_item_names(world.card().person());
    let with = |name: GeneralName| [&[name], &names[..]].concat();
    let of = |number: usize| subject_item_names(&world.rsa.people()[number]);
    let mut reversed = names.clone();
    reversed.reverse();
    vec![
        accepted(
            "holder/order",
            "The names stand in another order.",
            &reversed,
        ),
        accepted(
            "holder/unknown_other_name",
            "There is an otherName that nobody knows.",
            &{ with(GeneralName::other(oid::UNKNOWN, &der::utf8("?"))) },
        ),
        accepted(
            "holder/dns_name",
            "There is a dNSName too.",
            &with(GeneralName::dns("a.example")),
        ),
        accepted(
            "holder/substituted",
            "Characters of name and address are substituted.",
            &of(3),
        ),
        accepted(
            "holder/leap_day",
            "The date of birth is 29 February 2004.",
            &of(2),
        ),
        accepted(
            "holder/birthday_unknown",
            "Month and day of birth are not known.",
            &of(4),
        ),
        accepted(
            "holder/sex_3",
            "The sex is neither male nor female.",
            &of(5),
        ),
        accepted(
            "holder/nothing_known",
            "Neither date of birth nor sex is known.",
            &of(6),
        ),
    ]
}

/// Ages are counted in Japan, from the beginning of the birthday.
fn ages(world: &World) -> Vec<Vector> {
    /// 2027-03-01T00:00:00+09:00.
    const MARCH: i64 = 1_803_826_800;
    let case = |id, note, birth_date: &str, now, years, reached| {
        let mut person = world.card().person().clone();
        birth_date.clone_into(&mut person.birth_date);
        names_case(world, id, note, &subject_item_names(&person))
            .now(now)
            .age(years, reached)
            .accepted(CHECK)
    };
    let (first, leap) = ("420070301", "420080229");
    let month = "420070300";
    vec![
        case(
            "holder/eve_of_birthday",
            "The last second before the twentieth birthday in Japan.",
            first,
            MARCH - 1,
            20,
            Reached::No,
        ),
        case(
            "holder/birthday",
            "The first second of the twentieth birthday in Japan, in UTC the day before.",
            first,
            MARCH,
            20,
            Reached::Yes,
        ),
        case(
            "holder/eve_of_leap_day",
            "28 February of a common year; the birthday is 29 February.",
            leap,
            MARCH - DAY,
            19,
            Reached::No,
        ),
        case(
            "holder/last_second_of_february",
            "The last second of February of a common year; the birthday is 29 February.",
            leap,
            MARCH - 1,
            19,
            Reached::No,
        ),
        case(
            "holder/march_after_leap_day",
            "1 March of a common year; the birthday is 29 February.",
            leap,
            MARCH,
            19,
            Reached::Yes,
        ),
        case(
            "holder/day_of_birth_unknown",
            "The birthday is some day in March, and it is 1 March.",
            month,
            MARCH,
            20,
            Reached::Unknown,
        ),
        case(
            "holder/day_of_birth_unknown_eve",
            "The birthday is some day in March, and February has not ended.",
            month,
            MARCH - 1,
            20,
            Reached::No,
        ),
    ]
}
