using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Families;

/// <summary>Steps of a UNet that is large enough for its operations to matter.</summary>
internal sealed class WideStudy
{
    private const int Steps = 2;

    private const string Config =
        """
        {
          "_class_name": "UNet2DConditionModel", "block_out_channels": [80, 160, 320, 320], "attention_head_dim": 8, "cross_attention_dim": 192, "norm_num_groups": 16,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        }
        """;

    public IEnumerable<string> Table()
    {
        using var mode = inference_mode();
        var model = new UNet2DConditionModel(UNetConfig.Read(ConfigFile.Parse("config.json", Config)), WeightStore.Seeded(1, ScalarType.Float32, CPU));
        using var cost = new StepCost(model, side: 64, text: 77, Steps);
        yield return "| mask ratio | convolutions | full step, s | cached step, s | **full / cached** | by operations |";
        yield return "|--:|---|--:|--:|--:|--:|";
        foreach (var ratio in FamiliesStudy.Ratios)
        {
            var mask = cost.Rectangle(ratio);
            var (full, dense, tiled) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < 2; round++)
            {
                full.AddRange(cost.Times(mask, null, 1));
                dense.AddRange(cost.Times(mask, ReuseModes.Cached, 1));
                tiled.AddRange(cost.Times(mask, new ReuseModes { TileSide = 8 }, 1));
            }

            var plain = (double)cost.Flops(mask, null);
            yield return Row(mask.Ratio, "in full", full, dense, plain / cost.Flops(mask, ReuseModes.Cached));
            yield return Row(mask.Ratio, "tiles of 8", full, tiled, plain / cost.Flops(mask, new ReuseModes { TileSide = 8 }));
        }

        yield return $"\nThe recording takes {cost.RecordedBytes / Steps / 1e6:0} MB a step with feature maps.";
    }

    private static string Row(double ratio, string convolutions, List<double> full, List<double> cached, double operations)
    {
        var (whole, part) = (FamiliesStudy.Median(full), FamiliesStudy.Median(cached));
        return FamiliesStudy.Row(ratio, convolutions, whole, part, whole / part, operations);
    }
}
