#include "layout/json_text.h"

static const char not_utf8[] = "is not UTF-8";

static void expect_utf8(json_text *text, uint8_t left, uint8_t low, uint8_t high)
{
    text->utf8_left = left;
    text->utf8_low = low;
    text->utf8_high = high;
}

/* The well-formed sequences of the Unicode Standard, table 3-7. */
static const char *check_utf8(json_text *text, uint8_t octet)
{
    if (text->utf8_left > 0) {
        if (octet < text->utf8_low || octet > text->utf8_high)
            return not_utf8;
        expect_utf8(text, text->utf8_left - 1, 0x80, 0xbf);
    } else if (octet < 0xc2 || octet > 0xf4) {
        return not_utf8;
    } else if (octet < 0xe0) {
        expect_utf8(text, 1, 0x80, 0xbf);
    } else if (octet < 0xf0) {
        expect_utf8(text, 2, octet == 0xe0 ? 0xa0 : 0x80, octet == 0xed ? 0x9f : 0xbf);
    } else {
        expect_utf8(text, 3, octet == 0xf0 ? 0x90 : 0x80, octet == 0xf4 ? 0x8f : 0xbf);
    }
    return NULL;
}

/* Anything else than a digit is for YAJL to refuse, which sees the same octet next. */
static const char *check_hex(json_text *text, uint8_t octet)
{
    const unsigned digit = octet <= '9' ? octet - '0' : (octet | 0x20) - 'a' + 10;
    text->unit = (uint16_t)(text->unit << 4 | (digit & 15));
    if (--text->hex_left > 0)
        return NULL;
    const bool second_half = (text->unit & 0xfc00) == 0xdc00;
    if (second_half != text->half_pair)
        return "holds half a surrogate pair";
    text->half_pair = (text->unit & 0xfc00) == 0xd800;
    return NULL;
}

static const char *check_in_string(json_text *text, uint8_t octet)
{
    if (text->hex_left > 0)
        return check_hex(text, octet);
    const bool escaped = text->escaped;
    text->escaped = !escaped && octet == '\\';
    if (escaped && octet == 'u') {
        text->hex_left = 4;
        text->unit = 0;
    } else if (text->half_pair && !text->escaped) {
        return "holds half a surrogate pair";
    } else if (!escaped && octet == '"') {
        text->in_string = false;
    }
    return NULL;
}

static bool is_between_tokens(uint8_t octet)
{
    switch (octet) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '{':
    case '}':
    case '[':
    case ']':
    case ':':
    case ',':
        return true;
    default:
        return false;
    }
}

static const char *check_octet(json_text *text, uint8_t octet)
{
    if (text->utf8_left > 0 || octet >= 0x80) {
        const char *fault = check_utf8(text, octet);
        if (fault)
            return fault;
    }
    if (!text->in_string && is_between_tokens(octet)) {
        text->token = 0;
        return NULL;
    }
    if (++text->token > JSON_TOKEN_LONGEST)
        return "holds a string or number longer than 64 KiB";
    if (text->in_string)
        return check_in_string(text, octet);
    if (octet == '"') {
        text->token = 1;
        text->in_string = true;
    }
    return octet < 0x20 ? "holds a control character" : NULL;
}

static size_t count_spaces(const uint8_t *octets, size_t size)
{
    size_t count = 0;
    while (count < size && octets[count] == ' ')
        count++;
    return count;
}

/* Most octets of a layout are plain characters of a string, which change nothing but the token's
 * length, or indents. Passes over those that come next, where nothing is pending. */
static size_t pass_plain(json_text *text, const uint8_t *octets, size_t size)
{
    if (text->escaped || text->half_pair || text->hex_left > 0 || text->utf8_left > 0)
        return 0;
    if (!text->in_string)
        return text->token == 0 ? count_spaces(octets, size) : 0;
    const size_t room = JSON_TOKEN_LONGEST - text->token, most = size < room ? size : room;
    size_t count = 0;
    while (count < most && octets[count] != '"' && octets[count] != '\\' && octets[count] < 0x80)
        count++;
    text->token += count;
    return count;
}

size_t json_text_check(json_text *text, const uint8_t *octets, size_t size, const char **fault)
{
    *fault = NULL;
    for (size_t i = 0; i < size; i++) {
        i += pass_plain(text, octets + i, size - i);
        if (i < size && (*fault = check_octet(text, octets[i])))
            return i;
    }
    return size;
}

const char *json_text_end(const json_text *text)
{
    if (text->utf8_left > 0)
        return not_utf8;
    return text->in_string ? "ends inside a string" : NULL;
}
