/* splitmix64 spreads the seed, xoshiro256** gives the numbers (Blackman and Vigna, public domain algorithms).
 */
#include "tests/simulation/world.h"

void random_seed(struct random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9E3779B97F4A7C15u;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        random->state[i] = z ^ z >> 31;
    }
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

uint64_t random_next(struct random *random)
{
    uint64_t *s = random->state;
    uint64_t ret = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return ret;
}

int32_t random_below(struct random *random, int32_t bound)
{
    return (int32_t)(random_next(random) % (uint64_t)bound);
}

int32_t random_between(struct random *random, int32_t low, int32_t high)
{
    return low + random_below(random, high - low + 1);
}

bool random_chance(struct random *random, int32_t per_mille)
{
    return random_below(random, 1000) < per_mille;
}
