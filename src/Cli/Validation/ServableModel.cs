using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Pipelines;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>A model that can serve here, by its name or its folder.</summary>
internal static class ServableModel
{
    /// <summary>The model's sizes.</summary>
    /// <param name="key">The key or option that names it, for messages.</param>
    /// <param name="model">A name of the catalogue, or else a folder.</param>
    /// <param name="faults">Receives what is wrong with it.</param>
    /// <returns><c>null</c> when something is wrong.</returns>
    public static ServedConfig? Find(string key, string model, List<InputFault> faults)
    {
        if (ModelCatalogue.Names.Contains(model))
        {
            return ModelCatalogue.Find(model);
        }

        try
        {
            return ServedFolder.Read(model);
        }
        catch (Exception fault) when (fault is IOException or ModelFileException)
        {
            faults.Add(new InputFault(
                key, $"\"{model}\"", $"{string.Join(", ", ModelCatalogue.Names)}, or the folder of a trained Flux or Stable Diffusion pipeline as diffusers saves it", fault.Message));
            return null;
        }
    }
}
