using System.Globalization;
using SimServe.GpuBackend.Native;
using TorchSharp;

namespace SimServe.Benchmarks.Families;

/// <summary>What reuse saves and costs on UNets: models/demo-sd as people use it, and a seeded UNet of Stable Diffusion 1.5's structure at a quarter of its width.</summary>
/// <remarks>Full, dense and tiled runs take turns in one process, so that other work on the machine hits all alike; times are medians.</remarks>
internal static class FamiliesStudy
{
    public static readonly double[] Ratios = [0.1, 0.2, 0.4];

    /// <summary>Runs it.</summary>
    /// <param name="folder">models/demo-sd.</param>
    /// <param name="file">Where the tables go.</param>
    public static void Run(string folder, string file)
    {
        LibTorch.Load();
        IEnumerable<string> lines =
        [
            $"# Measured\n\n{Environment.ProcessorCount} cores, {torch.get_num_threads()} Torch threads, float32.",
            "\n## models/demo-sd, 64x64 pixels, 20 steps, guidance 4\n",
        ];
        using var writer = new StreamWriter(file) { AutoFlush = true };
        foreach (var line in lines.Concat(new DemoStudy(folder).Table())
            .Append("\n## A UNet of Stable Diffusion 1.5's structure, a quarter as wide, 64x64 latents, guidance\n")
            .Concat(new WideStudy().Table()))
        {
            writer.WriteLine(line);
        }
    }

    /// <summary>The median of some times.</summary>
    public static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A row of a table.</summary>
    public static string Row(params object[] cells) =>
        "| " + string.Join(" | ", cells.Select(static cell => cell is double number ? number.ToString("0.000", CultureInfo.InvariantCulture) : cell.ToString())) + " |";
}
