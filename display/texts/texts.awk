# Makes the built-in table of display/words.c: awk -f texts.awk en.txt be.txt ...
# The first file names the keys; every other must have the same ones. Faults go to stderr as FILE:LINE, exit 1.

function fault(what) {
    print FILENAME ":" FNR ": " what > "/dev/stderr"
    bad = 1
}

function language_of(file) {
    sub(/.*\//, "", file)
    sub(/\.txt$/, "", file)
    return file
}

BEGIN {
    for (count = 0; count + 1 < ARGC; count++)
        languages[count + 1] = language_of(ARGV[count + 1])
}
FNR == 1 { language = language_of(FILENAME) }
/^[ \t\r]*$/ || /^#/ { next }
!/^[a-z_]+ = [^ ]/ || / $/ || /["\\\t\r]/ {
    fault("must be \"key = text\" without quotes, backslashes, tabs or a space at the end")
    next
}
{
    key = $1
    text = substr($0, length(key) + 4)
    if ((language, key) in texts)
        fault(key " stands there twice")
    else if (language != languages[1] && !((languages[1], key) in texts))
        fault(key " is not in " languages[1] ".txt")
    else if (language == languages[1])
        keys[++key_count] = key
    texts[language, key] = text
}
END {
    for (l = 2; l <= count; l++)
        for (k = 1; k <= key_count; k++)
            if (!((languages[l], keys[k]) in texts)) {
                print languages[l] ".txt: " keys[k] " is missing" > "/dev/stderr"
                bad = 1
            }
    if (bad)
        exit 1
    print "/* Made by display/texts/texts.awk. */"
    print "enum { LANGUAGES = " count ", KEYS = " key_count " };"
    print "static const char *const language_codes[LANGUAGES] = {"
    for (l = 1; l <= count; l++)
        print "    \"" languages[l] "\","
    print "};"
    print "static const char *const keys[WORD_COUNT] = {"
    for (k = 1; k <= key_count; k++)
        print "    [WORD_" toupper(keys[k]) "] = \"" keys[k] "\","
    print "};"
    print "static const char *const words[LANGUAGES][WORD_COUNT] = {"
    for (l = 1; l <= count; l++) {
        print "    {"
        for (k = 1; k <= key_count; k++)
            print "        [WORD_" toupper(keys[k]) "] = \"" texts[languages[l], keys[k]] "\","
        print "    },"
    }
    print "};"
}
