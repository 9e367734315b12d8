using System.Diagnostics;
using System.Globalization;
using SimServe.GpuBackend.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Backbones;

/// <summary>Compares the ways to compute a U-Net in turns: what else the machine does meets all of them alike.</summary>
/// <remarks>A ratio is of two passes of one round; printed are the median of the rounds and the quartiles. Every way must agree with the plain one, or the study stops.</remarks>
internal static class BackboneStudy
{
    private const double Agreement = 1e-4;
    private const double ShortAgreement = 0.05;

    public static void Run()
    {
        LibTorch.Load();
        using var mode = inference_mode();
        Compare("A fifth of the width, 32x32 latents, batch of 1", [.. BackboneCase.Ways], static way => new BackboneCase(way, batch: 1), rounds: 30);
        Compare("The same, batch of 2", [.. BackboneCase.Ways], static way => new BackboneCase(way, batch: 2), rounds: 20);
        Compare("Stable Diffusion 1.5's own width, 64x64 latents, batch of 1", [BackboneCase.Plain, BackboneCase.All], static way => new BackboneCase(way, 1, width: 320, side: 64), rounds: 5);
    }

    private static void Compare(string title, string[] ways, Func<string, BackboneCase> open, int rounds)
    {
        BackboneCase[] cases = [.. ways.Select(open)];
        using var want = cases[0].Forward();
        var differences = cases.Select((one, i) => Difference(one, want, ways[i])).ToArray();
        var times = new double[ways.Length, rounds];
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < ways.Length; turn++)
            {
                // Whoever comes first in a round changes, so that no way always follows the same other.
                var way = (turn + round) % ways.Length;
                var start = Stopwatch.GetTimestamp();
                cases[way].Forward().Dispose();
                times[way, round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        Console.WriteLine($"\n{title}, {rounds} rounds\n");
        Console.WriteLine("| way | median ms | ratio to none | quartiles | products | operators | difference |\n|---|---:|---:|---:|---:|---:|---:|");
        for (var way = 0; way < ways.Length; way++)
        {
            double[] own = [.. Enumerable.Range(0, rounds).Select(round => times[way, round]).Order()];
            double[] ratios = [.. Enumerable.Range(0, rounds).Select(round => times[way, round] / times[0, round]).Order()];
            var (products, operators) = cases[way].Calls();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {ways[way]} | {own[rounds / 2]:0} | **{ratios[rounds / 2]:0.00}** | {ratios[rounds / 4]:0.00} to {ratios[3 * rounds / 4]:0.00} | {products} | {operators} | {differences[way]:0.0e+0} |"));
        }

        Array.ForEach(cases, static one => one.Dispose());
    }

    private static double Difference(BackboneCase one, Tensor want, string way)
    {
        using var scope = NewDisposeScope();
        var difference = one.Forward().to(ScalarType.Float32).sub(want).norm().ToDouble() / want.norm().ToDouble();
        return difference < (way == BackboneCase.Short ? ShortAgreement : Agreement)
            ? difference
            : throw new InvalidOperationException($"{way}: the prediction differs by {difference} of its norm; the comparison would measure something else.");
    }
}
