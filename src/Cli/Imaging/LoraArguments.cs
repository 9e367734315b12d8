using System.Globalization;
using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.Cli.Imaging;

/// <summary>The adapters that <c>--lora FILE:SCALE</c> names.</summary>
internal static class LoraArguments
{
    /// <summary>Puts the adapters into a pipeline's weights; their files are not needed afterwards.</summary>
    public static void Apply(string[] arguments, IDiffusionPipeline pipeline)
    {
        List<(LoraAdapter Adapter, double Scale)> adapters = [];
        try
        {
            foreach (var argument in arguments)
            {
                var (file, scale) = Parse(argument);
                adapters.Add((LoraFile.Open(file), scale));
            }

            if (adapters.Count > 0)
            {
                pipeline.Adapters.Apply(adapters);
            }
        }
        finally
        {
            adapters.ForEach(static adapter => adapter.Adapter.Dispose());
        }
    }

    /// <summary>The file and the scale of one argument, 1 where it says none.</summary>
    public static (string File, double Scale) Parse(string argument)
    {
        // A path may hold colons: only a number after the last one is a scale.
        var colon = argument.LastIndexOf(':');
        return colon > 0 && double.TryParse(argument[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) && double.IsFinite(scale)
            ? (argument[..colon], scale)
            : (argument, 1);
    }
}
