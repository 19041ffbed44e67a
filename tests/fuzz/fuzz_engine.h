/* fuzz_engine.h: the fuzzer's entries, for libFuzzer's function and for the ordinary test of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_FUZZ_ENGINE_H
#define SU_TESTS_FUZZ_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/** Play one input. NULL if all is well, else what is not. */
const char *su_fuzz_engine(const uint8_t *data, size_t size);

/** Pseudo-random inputs of 199 segments each, at least `segments` in all; `seed` counts up from one
 *  to the next. The seed of the last input is left in *failing. */
const char *su_fuzz_run(uint32_t segments, uint64_t seed, uint64_t *failing);

#endif
