using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Pipelines;
using static TorchSharp.torch;

namespace SimServe.Cli.Imaging;

/// <summary>The noise that <c>--latents FILE:TENSOR</c> names.</summary>
internal sealed class LatentsFile : IDisposable
{
    private readonly SafetensorsFile _file;

    private LatentsFile(SafetensorsFile file, string name) => (_file, Tensor) = (file, file.Read(name));

    /// <summary>Unit normal noise; valid until this is disposed.</summary>
    public Tensor Tensor { get; }

    /// <summary>Opens it.</summary>
    /// <param name="argument">FILE:TENSOR, or <c>null</c>.</param>
    /// <returns><c>null</c> for <c>null</c>.</returns>
    public static LatentsFile? Open(string? argument)
    {
        if (argument is null)
        {
            return null;
        }

        var colon = argument.LastIndexOf(':');
        if (colon <= 0 || colon == argument.Length - 1)
        {
            throw new InvalidRequestException($"--latents is \"{argument}\" but must be FILE:TENSOR, a safetensors file and the name of a tensor in it.");
        }

        var file = SafetensorsFile.Open(argument[..colon]);
        try
        {
            return new LatentsFile(file, argument[(colon + 1)..]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Tensor.Dispose();
        _file.Dispose();
    }
}
