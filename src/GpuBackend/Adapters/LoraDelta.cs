using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>One change of one weight: a LoRA module, or some of its rows, at a scale.</summary>
/// <param name="Adapter">The open file.</param>
/// <param name="Module">The module in it.</param>
/// <param name="Rows">The rows of the weight and of the up matrix.</param>
/// <param name="Scale">The user's scale.</param>
internal sealed record LoraDelta(LoraAdapter Adapter, LoraModule Module, ModuleRows Rows, double Scale)
{
    /// <summary>Whether the down matrix has the weight's inputs; a linear layer and a 1x1 convolution are the same thing.</summary>
    public bool Fits => Inputs(Rows.Weight.Original.shape).SequenceEqual(Inputs(Module.Down.Shape));

    /// <summary>The weight.</summary>
    public Weight Weight => Rows.Weight;

    /// <summary>Adds the change.</summary>
    /// <param name="sum">[outputs, inputs * k * k], float32.</param>
    /// <exception cref="ModelFileException">A number of the file is not finite.</exception>
    public void AddTo(Tensor sum)
    {
        using var scope = NewDisposeScope();
        var down = Matrix(Module.Down.Name, sum.device);
        var up = Matrix(Module.Up.Name, sum.device).narrow(0, Rows.FirstInUp, Rows.Count);
        sum.narrow(0, Rows.FirstInWeight, Rows.Count).addmm_(up, down, 1, (float)(Scale * Module.Factor));
    }

    private static IEnumerable<long> Inputs(IReadOnlyList<long> shape) => shape.Skip(1).Reverse().SkipWhile(static size => size == 1).Reverse();

    private Tensor Matrix(string name, Device device)
    {
        var matrix = Adapter.Read(name).to(ScalarType.Float32);
        // A single number that is none would spread over the whole image, in silence.
        return matrix.isfinite().all().item<bool>()
            ? matrix.to(device).flatten(1)
            : throw new ModelFileException($"{Adapter.Path}: key \"{ModelFileException.Shown(name)}\" holds numbers that are not finite. The file is damaged: get it again.");
    }
}
