using SimServe.Policies;

namespace SimServe.Simulator.Catalogue;

// What a device must hold to serve a model.
internal static class ModelWeights
{
    // Of the denoising model, its encoders and its decoder, bytes; null where nobody counted them.
    public static double? Bytes(ModelShape model) => model.WeightBytes is { } weights
        ? weights + model.Stages.Sum(stage => (double)stage.Parameters * model.BytesPerElement)
        : null;
}
