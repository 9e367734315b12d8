using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Where weights come from.</summary>
internal interface IWeightSource : IDisposable
{
    /// <summary>For messages: the folder or file, or what makes the weights.</summary>
    string Description { get; }

    /// <summary>Whether tensors stay the source's own, to be left alone when the store is disposed.</summary>
    bool Lends => false;

    /// <summary>Whether the source has a tensor of this name.</summary>
    bool Has(string name);

    /// <summary>Makes or reads one tensor.</summary>
    /// <param name="name">Its key.</param>
    /// <param name="initialization">What it is where the source has no values of its own.</param>
    /// <param name="shape">The shape that the model needs.</param>
    /// <param name="fault">Receives what is wrong with it; the tensor is then a placeholder.</param>
    Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault);

    /// <summary>Names that the source has and the model never asked for.</summary>
    IEnumerable<string> Unused();
}
