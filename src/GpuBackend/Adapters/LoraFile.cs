using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Adapters;

/// <summary>Reads LoRA files of the usual dialects.</summary>
public static class LoraFile
{
    /// <summary>Opens a file and checks that its matrices form pairs; names are matched with a model when it is applied.</summary>
    /// <param name="path">
    /// A safetensors file in the naming of PEFT, diffusers (old and new) or kohya-ss. Beside a file <c>adapter_model.safetensors</c>, PEFT's
    /// <c>adapter_config.json</c> is read for alpha.
    /// </param>
    /// <returns>The adapter; the caller disposes it. Models to which it was applied do not need it any more.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is not sound, or holds something else than pairs of matrices; the message names file and keys.</exception>
    public static LoraAdapter Open(string path)
    {
        var file = SafetensorsFile.Open(path);
        try
        {
            return new LoraAdapter(file, new LoraReader(file).Read());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
