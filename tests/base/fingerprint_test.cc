#include "base/fingerprint.h"

#include <gtest/gtest.h>

namespace nearline::base {
namespace {

std::uint64_t of_bytes(std::string_view text) {
    Fingerprint fingerprint;
    fingerprint.add(as_bytes(text));
    return fingerprint.value();
}

TEST(Fingerprint, OfBytesIsFnv1a) {
    // Published FNV-1a 64-bit test vectors (draft-eastlake-fnv, appendix C).
    EXPECT_EQ(of_bytes(""), 0xCBF29CE484222325U);
    EXPECT_EQ(of_bytes("a"), 0xAF63DC4C8601EC8CU);
    EXPECT_EQ(of_bytes("foobar"), 0x85944171F73967E8U);
}

TEST(Fingerprint, OfTextsDependsOnWhereOneEnds) {
    Fingerprint one;
    one.add(std::string_view("ab"));
    one.add(std::string_view("c"));
    Fingerprint other;
    other.add(std::string_view("a"));
    other.add(std::string_view("bc"));
    EXPECT_NE(one.value(), other.value());
}

TEST(Fingerprint, DependsOnOrder) {
    Fingerprint one;
    one.add(std::uint64_t{1});
    one.add(std::uint64_t{2});
    Fingerprint other;
    other.add(std::uint64_t{2});
    other.add(std::uint64_t{1});
    EXPECT_NE(one.value(), other.value());
}

TEST(Fingerprint, OfANumberIsThatOfItsEightBytes) {
    Fingerprint number;
    number.add(std::uint64_t{0x0102030405060708});
    EXPECT_EQ(number.value(), of_bytes("\x01\x02\x03\x04\x05\x06\x07\x08"));
}

TEST(Fingerprint, OfOneTextHasAShortForm) {
    Fingerprint fingerprint;
    fingerprint.add(std::string_view("drive 1"));
    EXPECT_EQ(fingerprint_of("drive 1"), fingerprint.value());
}

}  // namespace
}  // namespace nearline::base
