// Runs a Faust program for a minute of stereo at 48 kHz and writes raw float32, as the other engines write files.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "faust/dsp/dsp.h"
#include "faust/gui/UI.h"
#include "faust/gui/meta.h"

<<includeIntrinsic>>
<<includeclass>>

int main(int, char** argv) {
    const int block = 512, blocks = 48000 * 60 / block;
    mydsp* made = new mydsp();
    made->init(48000);
    std::vector<float> left(block), right(block), both(2 * block);
    float* outputs[2] = {left.data(), right.data()};
    FILE* file = fopen(argv[1], "wb");
    for (int i = 0; i < blocks; i++) {
        made->compute(block, nullptr, outputs);
        for (int n = 0; n < block; n++) { both[2 * n] = left[n]; both[2 * n + 1] = right[n]; }
        fwrite(both.data(), sizeof(float), both.size(), file);
    }
    fclose(file);
    return 0;
}
