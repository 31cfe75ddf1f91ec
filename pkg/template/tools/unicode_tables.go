// Prints ../unicode_tables.inc: the classes and case pairs of Unicode that Go's packages unicode and strconv know.
// Run: go run unicode_tables.go > ../unicode_tables.inc
package main

import (
	"fmt"
	"strconv"
	"unicode"
)

const last = unicode.MaxRune

// runs joins code points at equal distance (1 or 2) into {first, last, distance}.
func runs(name string, has func(r rune) bool) {
	fmt.Printf("constexpr Run k%s[] = {", name)
	column := 0
	flush := func(lo, hi, step rune) {
		if column++; column%5 == 1 {
			fmt.Print("\n   ")
		}
		fmt.Printf(" {0x%x, 0x%x, %d},", lo, hi, step)
	}
	var lo, hi, step rune = -1, -1, 0
	for r := rune(0x80); r <= last; r++ {
		if !has(r) {
			continue
		}
		distance := r - hi
		switch {
		case lo >= 0 && step != 0 && distance == step:
			hi = r
		case lo >= 0 && step == 0 && distance <= 2:
			hi, step = r, distance
		default:
			if lo >= 0 {
				flush(lo, hi, max(step, 1))
			}
			lo, hi, step = r, r, 0
		}
	}
	flush(lo, hi, max(step, 1))
	fmt.Print("\n};\n\n")
}

// shifts joins code points whose counterpart is at an equal distance.
func shifts(name string, to func(r rune) rune) {
	fmt.Printf("constexpr Shift k%s[] = {", name)
	column := 0
	flush := func(lo, hi, step, delta rune) {
		if column++; column%4 == 1 {
			fmt.Print("\n   ")
		}
		fmt.Printf(" {0x%x, 0x%x, %d, %d},", lo, hi, step, delta)
	}
	var lo, hi, step, delta rune = -1, -1, 0, 0
	for r := rune(0x80); r <= last; r++ {
		d := to(r) - r
		if d == 0 {
			continue
		}
		distance := r - hi
		switch {
		case lo >= 0 && d == delta && step != 0 && distance == step:
			hi = r
		case lo >= 0 && d == delta && step == 0 && distance <= 2:
			hi, step = r, distance
		default:
			if lo >= 0 {
				flush(lo, hi, max(step, 1), delta)
			}
			lo, hi, step, delta = r, r, 0, d
		}
	}
	flush(lo, hi, max(step, 1), delta)
	fmt.Print("\n};\n\n")
}

func main() {
	fmt.Printf("// Made by tools/unicode_tables.go from Unicode %s. ASCII is not in here.\n\n", unicode.Version)
	runs("Letters", unicode.IsLetter)
	runs("Digits", unicode.IsDigit)
	runs("Numbers", unicode.IsNumber)
	runs("Upper", unicode.IsUpper)
	runs("Lower", unicode.IsLower)
	runs("Punctuation", unicode.IsPunct)
	runs("Printable", strconv.IsPrint)
	shifts("ToUpper", unicode.ToUpper)
	shifts("ToLower", unicode.ToLower)
	// From the upper case on to the title case.
	shifts("UpperToTitle", func(r rune) rune { return r + unicode.ToTitle(r) - unicode.ToUpper(r) })
}
